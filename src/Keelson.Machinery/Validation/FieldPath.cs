using System.Globalization;
using System.Text;

namespace Keelson.Machinery.Validation;

/// <summary>Where in an object a value stands: <c>spec.containers[0].env[FOO]</c>. Rendered only when an error needs it.</summary>
public sealed class FieldPath
{
    private readonly FieldPath? _parent;
    private readonly string? _name;
    private readonly int _index;
    private readonly bool _isKey;

    private FieldPath(FieldPath? parent, string? name, int index, bool isKey)
    {
        _parent = parent;
        _name = name;
        _index = index;
        _isKey = isKey;
    }

    /// <summary>The object itself.</summary>
    public static FieldPath? Root => null;

    /// <summary>A top-level field.</summary>
    public static FieldPath Of(string name) => new(null, name, 0, false);

    /// <summary>A field of this one.</summary>
    public FieldPath Child(string name) => new(this, name, 0, false);

    /// <summary>An element of this list.</summary>
    public FieldPath Index(int index) => new(this, null, index, false);

    /// <summary>An entry of this map.</summary>
    public FieldPath Key(string key) => new(this, key, 0, true);

    /// <inheritdoc/>
    public override string ToString()
    {
        StringBuilder text = new();
        Append(text);
        return text.ToString();
    }

    private void Append(StringBuilder text)
    {
        _parent?.Append(text);
        if (_name is null)
        {
            text.Append('[').Append(_index.ToString(CultureInfo.InvariantCulture)).Append(']');
        }
        else if (_isKey)
        {
            text.Append('[').Append(_name).Append(']');
        }
        else
        {
            text.Append(_parent is null ? "" : ".").Append(_name);
        }
    }
}
