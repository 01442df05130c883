using System.Globalization;
using System.Text;

namespace Keelson.Machinery.Wire;

/// <summary>Where a decoder is in a document: the types, fields, keys and items it has entered.</summary>
internal sealed class DecodePath
{
    private readonly List<Segment> _segments = [];

    private enum SegmentKind : byte
    {
        Type,
        Field,
        Key,
        Item,
    }

    /// <summary>
    /// What the value at this place is for Go's decoder: <c>struct field PodSpec.nodeName</c>, or just a value.
    /// </summary>
    public string Target
    {
        get
        {
            string? owner = null;
            StringBuilder fields = new();
            foreach (Segment segment in _segments)
            {
                if (segment.Kind == SegmentKind.Type)
                {
                    owner = segment.Name;
                }
                else if (segment.Kind == SegmentKind.Field)
                {
                    fields.Append('.').Append(segment.Name);
                }
            }

            return owner is null || fields.Length == 0
                ? "value"
                : $"struct field {owner[(owner.LastIndexOf('.') + 1)..]}{fields}";
        }
    }

    public void EnterType(string goType) => _segments.Add(new(goType, SegmentKind.Type, 0));

    public void EnterField(string name) => _segments.Add(new(name, SegmentKind.Field, 0));

    public void EnterKey(string key) => _segments.Add(new(key, SegmentKind.Key, 0));

    public void EnterItem(int index) => _segments.Add(new(null, SegmentKind.Item, index));

    public void Leave() => _segments.RemoveAt(_segments.Count - 1);

    /// <summary>
    /// The path as strict decoding prints it: <c>spec.containers[0].env[1].nam</c>; map keys are joined by dots.
    /// </summary>
    public override string ToString()
    {
        StringBuilder text = new();
        foreach (Segment segment in _segments)
        {
            if (segment.Kind == SegmentKind.Item)
            {
                text.Append('[').Append(segment.Index.ToString(CultureInfo.InvariantCulture)).Append(']');
            }
            else if (segment.Kind != SegmentKind.Type)
            {
                text.Append(text.Length == 0 ? "" : ".").Append(segment.Name);
            }
        }

        return text.ToString();
    }

    private readonly record struct Segment(string? Name, SegmentKind Kind, int Index);
}
