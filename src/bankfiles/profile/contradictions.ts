/** Values of a profile that are each fine but cannot stand together. */
import { CATEGORY_PURPOSES } from "../write/purpose-codes.ts";
import { placeholderProblem } from "./file-name.ts";

export interface Contradiction {
  readonly path: string;
  readonly found: string;
  readonly expected: string;
}

/** A profile that may be broken elsewhere: every part may be missing or of another type. */
type Loose = { readonly [key: string]: unknown };

function part(value: unknown, key: string): Loose {
  const inner = typeof value === "object" && value !== null ? (value as Loose)[key] : undefined;
  return typeof inner === "object" && inner !== null ? (inner as Loose) : {};
}

function list(value: unknown): readonly Loose[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "object" && item !== null) : [];
}

type Rule = (profile: Loose) => readonly Contradiction[];

const RULES: readonly Rule[] = [
  addressFormOfMessage,
  limitsInOrder,
  amountsInOrder,
  servicesApart,
  categoryPurposesKnown,
  archiveForMove,
  windowsInOrder,
  outboundName,
  inboundPatterns,
  whatNeedsStat,
  sealsSomething,
];

/** All contradictions; the input may also be a profile that the form has already refused. */
export function contradictions(profile: unknown): readonly Contradiction[] {
  if (typeof profile !== "object" || profile === null) return [];
  return RULES.flatMap((rule) => rule(profile as Loose));
}

function addressFormOfMessage(profile: Loose): readonly Contradiction[] {
  if (profile.message !== "pain.001.001.09" || part(profile, "address").form !== "lines") return [];
  return [
    {
      path: "address.form",
      found: "lines with pain.001.001.09",
      expected: "none, structured or hybrid: unstructured addresses ended on 15 November 2026 (EPC153-22)",
    },
  ];
}

function limitsInOrder(profile: Loose): readonly Contradiction[] {
  const { transfersPerFile, transfersPerPayment } = part(profile, "limits");
  if (typeof transfersPerFile !== "number" || typeof transfersPerPayment !== "number") return [];
  if (transfersPerPayment <= transfersPerFile) return [];
  return [
    {
      path: "limits.transfersPerPayment",
      found: String(transfersPerPayment),
      expected: `at most transfersPerFile, ${transfersPerFile}`,
    },
  ];
}

function amountsInOrder(profile: Loose): readonly Contradiction[] {
  return list(profile.services).flatMap((service, index) => {
    const { minimum, maximum } = part(service, "amount");
    if (typeof minimum !== "string" || typeof maximum !== "string") return [];
    if (Number(minimum) > 0 && Number(minimum) <= Number(maximum)) return [];
    return [
      {
        path: `services[${index}].amount`,
        found: `${minimum} to ${maximum}`,
        expected: "a minimum above zero and no greater than the maximum",
      },
    ];
  });
}

function servicesApart(profile: Loose): readonly Contradiction[] {
  const names = list(profile.services).map((service) => service.name);
  return names.flatMap((name, index) =>
    names.indexOf(name) === index
      ? []
      : [{ path: `services[${index}].name`, found: String(name), expected: "a name that no other service has" }],
  );
}

function categoryPurposesKnown(profile: Loose): readonly Contradiction[] {
  return list(profile.services).flatMap(({ categoryPurpose: code }, index) =>
    typeof code !== "string" || CATEGORY_PURPOSES.has(code)
      ? []
      : [
          {
            path: `services[${index}].categoryPurpose`,
            found: code,
            expected: "a code of ExternalCategoryPurpose1Code; RENT and COMM, for example, are purposes of a transfer",
          },
        ],
  );
}

function archiveForMove(profile: Loose): readonly Contradiction[] {
  const exchange = part(profile, "exchange");
  if (exchange.afterFetch !== "move" || part(exchange, "folders").archive !== undefined) return [];
  return [{ path: "exchange.folders.archive", found: "nothing", expected: "a folder, because afterFetch is move" }];
}

function windowsInOrder(profile: Loose): readonly Contradiction[] {
  return list(part(profile, "exchange").cutoffWindows).flatMap(({ from, to }, index) =>
    typeof from !== "string" || typeof to !== "string" || from < to
      ? []
      : [{ path: `exchange.cutoffWindows[${index}]`, found: `${from} to ${to}`, expected: "from earlier than to" }],
  );
}

function outboundName(profile: Loose): readonly Contradiction[] {
  const template = part(part(profile, "exchange"), "fileNames").outbound;
  const problem = typeof template === "string" ? placeholderProblem(template) : undefined;
  return problem === undefined
    ? []
    : [{ path: "exchange.fileNames.outbound", found: String(template), expected: problem }];
}

function inboundPatterns(profile: Loose): readonly Contradiction[] {
  const { tempSuffix } = part(profile, "exchange");
  return list(part(part(profile, "exchange"), "fileNames").inbound).flatMap(({ pattern }, index) =>
    typeof pattern !== "string" || typeof tempSuffix !== "string" || !pattern.endsWith(tempSuffix)
      ? []
      : [
          {
            path: `exchange.fileNames.inbound[${index}].pattern`,
            found: pattern,
            expected: `a pattern that takes no unfinished files (${tempSuffix})`,
          },
        ],
  );
}

/** The size of a file is asked before it is read, and a marker is looked for before it is written again. */
function whatNeedsStat(profile: Loose): readonly Contradiction[] {
  const { stat, readBack = true, marker } = part(profile, "exchange");
  if (stat !== false) return [];
  return [
    ...(readBack === true
      ? [{ path: "exchange.readBack", found: "true without stat", expected: "false: nothing can be looked at" }]
      : []),
    ...(marker === undefined
      ? []
      : [
          {
            path: "exchange.marker",
            found: "a marker without stat",
            expected: "stat: else it is not known to be there",
          },
        ]),
  ];
}

function sealsSomething(profile: Loose): readonly Contradiction[] {
  const { encrypt, sign, decrypt } = part(part(profile, "exchange"), "pgp");
  if (encrypt !== false || sign !== false || decrypt !== false) return [];
  return [{ path: "exchange.pgp", found: "neither encrypt nor sign nor decrypt", expected: "one of them, or no pgp" }];
}
