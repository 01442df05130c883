using System.Globalization;
using System.Text;

namespace Keelson.Nodes.Checkpoints;

/// <summary>
/// The checksum by which kubelets tell that a checkpoint is whole: FNV-1a, 32 bits, of the data as Go prints it with
/// its types. Built up in the order of the data's fields.
/// </summary>
/// <example><c>(state.Data){PolicyName:(string)none Entries:(map[string]string)map[a:b]}</c></example>
internal sealed class CheckpointSum
{
    private const uint Offset = 2166136261;
    private const uint Prime = 16777619;

    private readonly StringBuilder _text = new();
    private bool _isFirst = true;

    /// <summary>Begins a structure of a type, as Go prints it: <c>checkpoint.checkpointData</c>.</summary>
    public CheckpointSum Open(string type)
    {
        _text.Append('(').Append(type).Append("){");
        _isFirst = true;
        return this;
    }

    /// <summary>Begins an element of a list, whose type goes without saying.</summary>
    public CheckpointSum OpenElement(bool isFirst)
    {
        _text.Append(isFirst ? "{" : " {");
        _isFirst = true;
        return this;
    }

    /// <summary>Ends a structure.</summary>
    public CheckpointSum Close()
    {
        _text.Append('}');
        _isFirst = false;
        return this;
    }

    /// <summary>Adds a field.</summary>
    /// <param name="name">Its name in Go.</param>
    /// <param name="type">Its type in Go.</param>
    /// <param name="value">Its value as Go prints it.</param>
    public CheckpointSum Field(string name, string type, string value)
    {
        Begin(name, type);
        _text.Append(value);
        return this;
    }

    /// <summary>Adds a field whose value is a list of structures.</summary>
    public CheckpointSum Field(string name, string type, Action<CheckpointSum> elements)
    {
        Begin(name, type);
        _text.Append('[');
        elements(this);
        _text.Append(']');
        _isFirst = false;
        return this;
    }

    /// <summary>A list as Go prints it.</summary>
    public static string List(IEnumerable<string> values) => $"[{string.Join(' ', values)}]";

    /// <summary>Bytes as Go prints them.</summary>
    public static string Bytes(IEnumerable<byte> values) =>
        List(values.Select(static one => one.ToString(CultureInfo.InvariantCulture)));

    /// <summary>A map as Go prints it, its keys in their order.</summary>
    public static string Map(IEnumerable<KeyValuePair<string, string>> sorted) =>
        $"map[{string.Join(' ', sorted.Select(static one => one.Key + ":" + one.Value))}]";

    /// <summary>The checksum.</summary>
    public uint Compute()
    {
        uint hash = Offset;
        foreach (byte one in Encoding.UTF8.GetBytes(_text.ToString()))
        {
            hash = unchecked((hash ^ one) * Prime);
        }

        return hash;
    }

    private void Begin(string name, string type)
    {
        _text.Append(_isFirst ? "" : " ").Append(name).Append(":(").Append(type).Append(')');
        _isFirst = false;
    }
}
