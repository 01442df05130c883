using Keelson.Nodes.Bus;

namespace Keelson.Nodes.Cgroups;

/// <summary>A property of a unit of systemd.</summary>
/// <param name="Name">Its name: <c>MemoryMax</c>.</param>
/// <param name="Value">A truth value, a number of 64 bits without sign, a text, or texts.</param>
internal readonly record struct UnitProperty(string Name, object Value)
{
    /// <summary>In place of a number: no bound.</summary>
    public const ulong Infinity = ulong.MaxValue;

    /// <summary>Writes properties as systemd's methods take them: <c>a(sv)</c>.</summary>
    public static void Write(BusWriter writer, IReadOnlyList<UnitProperty> all) => writer.Array(8, () =>
    {
        foreach (UnitProperty one in all)
        {
            writer.Align(8);
            writer.Text(one.Name);
            one.WriteValue(writer);
        }
    });

    private void WriteValue(BusWriter writer)
    {
        switch (Value)
        {
            case bool truth:
                writer.Signature("b");
                writer.Number(truth ? 1u : 0);
                break;
            case ulong number:
                writer.Signature("t");
                writer.LongNumber(number);
                break;
            case string text:
                writer.Signature("s");
                writer.Text(text);
                break;
            case string[] texts:
                writer.Signature("as");
                writer.Array(4, () => Array.ForEach(texts, writer.Text));
                break;
            default:
                throw new ArgumentException($"a property can't be a {Value.GetType()}");
        }
    }
}
