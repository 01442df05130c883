using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;
using Keelson.Machinery.Wire;

namespace Keelson.Machinery.Apply;

/// <summary>What one manager owns.</summary>
internal readonly record struct ManagerFields(FieldSet Set, string ApiVersion, bool IsApplied, Time? Time);

/// <summary>
/// The managers of an object and what they own, decoded. Kept in the order they came; there are rarely more than five,
/// so a list is searched.
/// </summary>
internal sealed class Managers
{
    private readonly List<KeyValuePair<ManagerKey, ManagerFields>> _all = [];

    public int Count => _all.Count;

    public IReadOnlyList<KeyValuePair<ManagerKey, ManagerFields>> All => _all;

    public ManagerFields this[ManagerKey key]
    {
        set
        {
            int index = Find(key);
            if (index >= 0)
            {
                _all[index] = new(key, value);
            }
            else
            {
                _all.Add(new(key, value));
            }
        }
    }

    /// <summary>Decodes stored entries; false with upstream's text when one of them is malformed.</summary>
    public static bool TryDecode(ApiList<ManagedFieldsEntry> entries, out Managers managers,
        [NotNullWhen(false)] out string? error)
    {
        managers = new();
        for (int i = 0; i < entries.Count; i++)
        {
            ManagedFieldsEntry entry = entries[i];
            error = Check(entry, i);
            if (error is not null)
            {
                return false;
            }

            try
            {
                FieldSet set = FieldSetJson.Parse(entry.FieldsV1.AsSpan());
                managers[entry.Key] =
                    new(set, entry.ApiVersion, entry.Operation == ManagedFieldsEntry.Apply, entry.Time);
            }
            catch (DecodeException failure)
            {
                error = "error decoding set: " + failure.Message;
                return false;
            }
        }

        error = null;
        return true;
    }

    /// <summary>The decoded entries, or none when they are malformed.</summary>
    public static Managers DecodeOrNone(ApiList<ManagedFieldsEntry> entries) =>
        TryDecode(entries, out Managers managers, out _) ? managers : new();

    /// <summary>Upstream's text for an entry that can't be used, null when it can.</summary>
    public static string? Check(ManagedFieldsEntry entry, int index) => entry switch
    {
        { Operation: not (ManagedFieldsEntry.Apply or ManagedFieldsEntry.Update) } =>
            "operation must be `Apply` or `Update`",
        { ApiVersion: "" } => "apiVersion must not be empty",
        { FieldsType: "FieldsV1" } => null,
        { FieldsType: "" } =>
            string.Create(CultureInfo.InvariantCulture, $"missing fieldsType in managed fields entry {index}"),
        _ => string.Create(
            CultureInfo.InvariantCulture,
                $"invalid fieldsType {GoText.Quote(entry.FieldsType)} in managed fields entry {index}"),
    };

    public bool TryGet(ManagerKey key, out ManagerFields fields)
    {
        int index = Find(key);
        fields = index >= 0 ? _all[index].Value : default;
        return index >= 0;
    }

    public void Remove(ManagerKey key)
    {
        int index = Find(key);
        if (index >= 0)
        {
            _all.RemoveAt(index);
        }
    }

    public void Replace(int index, ManagerFields fields) => _all[index] = new(_all[index].Key, fields);

    public void RemoveAll(Predicate<ManagerFields> condition) => _all.RemoveAll(pair => condition(pair.Value));

    public Managers Clone()
    {
        Managers copy = new();
        copy._all.AddRange(_all);
        return copy;
    }

    /// <summary>The entries in the order upstream stores them; absent when there are none.</summary>
    public ApiList<ManagedFieldsEntry> Encode()
    {
        if (_all.Count == 0)
        {
            return default;
        }

        ManagedFieldsEntry[] entries = new ManagedFieldsEntry[_all.Count];
        for (int i = 0; i < entries.Length; i++)
        {
            (ManagerKey key, ManagerFields fields) = _all[i];
            entries[i] = EntryOf(key, fields, new(fields.Set.ToJson()));
        }

        Array.Sort(entries, Compare);
        return new(entries);
    }

    /// <summary>The entry of a manager whose fields are encoded already.</summary>
    public static ManagedFieldsEntry EntryOf(ManagerKey key, ManagerFields fields, RawJson encoded) => new()
    {
        Manager = key.Manager,
        Operation = fields.IsApplied ? ManagedFieldsEntry.Apply : key.Operation,
        ApiVersion = fields.ApiVersion,
        Time = fields.Time,
        FieldsType = "FieldsV1",
        FieldsV1 = encoded,
        Subresource = key.Subresource,
    };

    private int Find(ManagerKey key)
    {
        for (int i = 0; i < _all.Count; i++)
        {
            if (_all[i].Key == key)
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>Appliers first, then by time, oldest first; the rest makes the order total.</summary>
    private static int Compare(ManagedFieldsEntry left, ManagedFieldsEntry right)
    {
        int order = string.CompareOrdinal(left.Operation, right.Operation);
        order = order != 0 ? order : UnixSeconds(left.Time).CompareTo(UnixSeconds(right.Time));
        order = order != 0 ? order : string.CompareOrdinal(left.Manager, right.Manager);
        order = order != 0 ? order : string.CompareOrdinal(left.ApiVersion, right.ApiVersion);
        return order != 0 ? order : string.CompareOrdinal(left.Subresource, right.Subresource);
    }

    internal static long UnixSeconds(Time? time) => time is { } known ? known.Instant.ToUnixTimeSeconds() : 0;
}
