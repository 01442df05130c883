using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Selectors;
using Keelson.Server.Storage;

namespace Keelson.Server.Verbs;

/// <summary>Which objects a list or watch shows: a label selector, a field selector, and for watches the range of
/// keys.</summary>
internal sealed class ObjectFilter
{
    private LabelMatcher? _labels;
    private IReadOnlyList<FieldRequirement> _fields = [];
    private int[] _fieldIndexes = [];
    private (string From, string To)? _range;

    /// <summary>The version whose fields the selector names, where that is not the stored one.</summary>
    private ApiKind? _version;

    /// <summary>Every object.</summary>
    public static ObjectFilter All { get; } = new();

    /// <summary>True when no selector narrows the objects.</summary>
    public bool IsAll => _labels is null && _fields.Count == 0;

    /// <summary>The name that the field selector asks for, if it does: authorization treats such a list as one of a
    /// single object.</summary>
    public string? Name { get; private init; }

    /// <summary>Reads selectors; errors are upstream's.</summary>
    public static ApiResult<ObjectFilter> Parse(ApiKind kind, string labelSelector, string fieldSelector)
    {
        LabelMatcher? labels = null;
        if (labelSelector.Length > 0)
        {
            if (!LabelMatcher.TryParse(labelSelector, out labels, out string? error))
            {
                return ApiErrors.BadRequest(error);
            }
        }

        if (fieldSelector.Length == 0)
        {
            return labels is null || labels.IsEverything ? All : new ObjectFilter { _labels = labels };
        }

        if (!FieldMatcher.TryParse(fieldSelector, out FieldMatcher? fields, out string? fieldError))
        {
            return ApiErrors.BadRequest(fieldError);
        }

        int[] indexes = new int[fields.Requirements.Count];
        string? name = null;
        for (int i = 0; i < indexes.Length; i++)
        {
            FieldRequirement requirement = fields.Requirements[i];
            indexes[i] = requirement.Field switch
            {
                "metadata.name" => -1,
                "metadata.namespace" when kind.Info.Namespaced || kind.SelectableFields.Count == 0 => -2,
                _ => IndexOf(kind, requirement.Field),
            };
            if (indexes[i] == -3)
            {
                return ApiErrors.BadRequest(kind.FieldError(requirement.Field));
            }

            if (indexes[i] == -1 && !requirement.IsNegated)
            {
                name = requirement.Value;
            }
        }

        return new ObjectFilter
        {
            _labels = labels is { IsEverything: true } ? null : labels,
            _fields = fields.Requirements,
            _fieldIndexes = indexes,
            Name = name,
            _version = kind == kind.Stored ? null : kind,
        };
    }

    /// <summary>The same filter for keys of a range only.</summary>
    public ObjectFilter Within(string from, string to) =>
        new() { _labels = _labels, _fields = _fields, _fieldIndexes = _fieldIndexes, _range = (from, to), _version = _version, Name = Name };

    /// <summary>The objects that match.</summary>
    public IEnumerable<StoredObject> Apply(ObjectRange objects) =>
        IsAll && _range is null ? objects : Matching(objects);

    /// <summary>Whether an object matches.</summary>
    public bool Matches(StoredObject obj)
    {
        if (_range is { } range
            && (string.CompareOrdinal(obj.Key, range.From) < 0 || string.CompareOrdinal(obj.Key, range.To) >= 0))
        {
            return false;
        }

        for (int i = 0; i < _fieldIndexes.Length; i++)
        {
            ReadOnlySpan<char> value = _fieldIndexes[i] switch
            {
                -1 => obj.NameSpan,
                -2 => obj.NamespaceSpan,
                int index when _version is not null => _version.FieldValues(_version.FromStored(obj.Record))[index],
                int index => obj.FieldValues[index],
            };
            if (value.SequenceEqual(_fields[i].Value) == _fields[i].IsNegated)
            {
                return false;
            }
        }

        return _labels is null || _labels.Matches(obj.Labels);
    }

    private IEnumerable<StoredObject> Matching(ObjectRange objects)
    {
        foreach (ObjectSlice slice in objects.Slices)
        {
            for (int i = slice.From; i < slice.To; i++)
            {
                if (Matches(slice.Chunk.Objects[i]))
                {
                    yield return slice.Chunk.Objects[i];
                }
            }
        }
    }

    private static int IndexOf(ApiKind kind, string field)
    {
        IReadOnlyList<string> selectable = kind.SelectableFields;
        for (int i = 0; i < selectable.Count; i++)
        {
            if (selectable[i] == field)
            {
                return i;
            }
        }

        return -3;
    }
}
