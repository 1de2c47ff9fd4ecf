import { Struct } from "google-protobuf/google/protobuf/struct_pb";

/**
 * The SDK turns the properties of a request into plain values once for each policy; they are the same each time, and nobody
 * changes them. Remembered by request, a stack is judged in half of the time.
 */
export function memoizeProperties(): void {
  const plain = new WeakMap<Struct, ReturnType<Struct["toJavaScript"]>>();
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with its own `this` below
  const convert = Struct.prototype.toJavaScript;
  Struct.prototype.toJavaScript = function (this: Struct) {
    let value = plain.get(this);
    if (value === undefined) {
      value = convert.call(this);
      plain.set(this, value);
    }
    return value;
  };
}
