/** A place in a text: `offset` in UTF-16 code units from zero, `line` and `column` from one. */
export interface TextPosition {
  readonly offset: number;
  readonly line: number;
  /** Counts UTF-16 code units. */
  readonly column: number;
}

/** Why {@linkcode checkJsonText} refused a text. Plain data, so it crosses a thread intact. */
export type JsonTextFault =
  | { readonly code: "json_syntax"; readonly wanted: string; readonly got: string; readonly at: TextPosition }
  | { readonly code: "json_lone_surrogate"; readonly got: string; readonly at: TextPosition }
  | { readonly code: "json_too_deep"; readonly depthMax: number; readonly at: TextPosition }
  | { readonly code: "json_too_large"; readonly bytes: number; readonly bytesMax: number };

/** Why an encoding was refused. Plain data, so it crosses a thread intact. */
export type CodecFault =
  | { readonly code: "hex_length"; readonly wanted: string; readonly gotChars: number }
  | { readonly code: "hex_digit"; readonly got: string; readonly offset: number }
  | { readonly code: "base64"; readonly wanted: string; readonly got: string; readonly offset: number }
  | { readonly code: "text_lone_surrogate"; readonly got: string; readonly offset: number }
  | { readonly code: "utf8"; readonly got: string; readonly offset: number }
  | { readonly code: "not_canonical"; readonly wanted: string; readonly got: string; readonly offset: number }
  | { readonly code: "not_json_value"; readonly wanted: string; readonly got: string; readonly path: string }
  | { readonly code: "json_pointer"; readonly wanted: string; readonly got: string; readonly offset: number }
  | JsonTextFault;

/** Bytes or text that are not what they were taken for. `fault` says why. */
export class CodecError extends Error {
  override readonly name: string = "CodecError";
  readonly fault: CodecFault;

  constructor(fault: CodecFault) {
    super(describe(fault));
    this.fault = fault;
  }
}

/** A text that is not the JSON that was asked for. `fault` says why and where. */
export class JsonTextError extends CodecError {
  override readonly name: string = "JsonTextError";
  override readonly fault: JsonTextFault;

  constructor(fault: JsonTextFault) {
    super(fault);
    this.fault = fault;
  }
}

function describe(fault: CodecFault): string {
  switch (fault.code) { // No default: a new code fails to compile here.
    case "hex_length":
      return `Cannot read hex as its length is wrong: wanted ${fault.wanted}, got ${fault.gotChars} characters`;
    case "hex_digit":
      return `Cannot read hex at offset ${fault.offset}: wanted one of 0-9 a-f, got ${fault.got}`;
    case "base64":
      return `Cannot read base64 at offset ${fault.offset}: wanted ${fault.wanted}, got ${fault.got}`;
    case "text_lone_surrogate":
      return `Cannot encode text at offset ${fault.offset}: wanted Unicode text, got the lone surrogate ${fault.got}`;
    case "utf8":
      return `Cannot decode bytes at offset ${fault.offset}: wanted UTF-8, got ${fault.got}`;
    case "not_canonical":
      return `Cannot read canonical JSON at offset ${fault.offset}: wanted ${fault.wanted}, got ${fault.got}`;
    case "not_json_value":
      return `Cannot write ${fault.path} as canonical JSON: wanted ${fault.wanted}, got ${fault.got}`;
    case "json_pointer":
      return `Cannot read JSON pointer at offset ${fault.offset}: wanted ${fault.wanted}, got ${fault.got}`;
    case "json_syntax":
      return `Cannot read JSON at ${place(fault.at)}: wanted ${fault.wanted}, got ${fault.got}`;
    case "json_lone_surrogate":
      return `Cannot read JSON at ${
        place(fault.at)
      }: wanted Unicode text, got the lone surrogate ${fault.got}`;
    case "json_too_deep":
      return `Cannot read JSON at ${
        place(fault.at)
      }: wanted at most ${fault.depthMax} levels of nesting, got one more`;
    case "json_too_large":
      return `Cannot read JSON as it is too large: wanted at most ${fault.bytesMax} bytes, got ${fault.bytes}`;
  }
}

function place(at: TextPosition): string {
  return `line ${at.line}, column ${at.column}`;
}
