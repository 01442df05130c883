using Keelson.Api.Kinds;
using Keelson.Api.Storage.V1;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.Resource.V1;

/// <summary>Names, lists and maps as the kinds of this group have them.</summary>
internal static class DeviceNames
{
    public const int DomainMaxLength = 63;
    public const int IdMaxLength = 32;
    private const int PoolMaxLength = 253;

    public static void ValidatePool(string name, FieldPath path, FieldErrors errors)
    {
        if (name.Length == 0)
        {
            errors.Required(path, "");
            return;
        }

        if (name.Length > PoolMaxLength)
        {
            errors.TooLong(path, PoolMaxLength);
        }

        foreach (string part in name.Split('/'))
        {
            errors.Invalid(ContentRules.Dns1123Subdomain(part), path, part);
        }
    }

    /// <summary>An identifier, with or without a domain and a slash before it.</summary>
    public static void ValidateQualified(string name, FieldPath path, FieldErrors errors)
    {
        string[] parts = name.Split('/');
        switch (parts.Length)
        {
            case 1:
                ValidateIdentifier(parts[0], path, errors);
                break;
            case 2:
                if (parts[0].Length == 0)
                {
                    errors.Invalid(path, "", "the domain must not be empty");
                }
                else
                {
                    StorageRules.ValidateDriverName(parts[0], path, errors);
                }

                if (parts[1].Length == 0)
                {
                    errors.Invalid(path, "", "the name must not be empty");
                }
                else
                {
                    ValidateIdentifier(parts[1], path, errors);
                }

                break;
            default:
                errors.Invalid(path, name, "must not contain more than one slash");
                break;
        }
    }

    /// <summary>A qualified name whose domain is there.</summary>
    public static void ValidateFullyQualified(string name, FieldPath path, FieldErrors errors)
    {
        ValidateQualified(name, path, errors);
        if (!name.Contains('/', StringComparison.Ordinal))
        {
            errors.Invalid(path, name, "a fully qualified name must be a domain and a name separated by a slash");
        }
    }

    /// <summary>A UID in its one normal form.</summary>
    public static void ValidateUid(string uid, FieldPath path, FieldErrors errors)
    {
        if (!Guid.TryParse(uid, out Guid parsed))
        {
            errors.Invalid(path, uid, uid.Length is 32 or 36 or 38 or 45
                ? "error validating uid: invalid UUID format"
                : $"error validating uid: invalid UUID length: {uid.Length}");
        }
        else if (parsed.ToString("D") != uid)
        {
            errors.Invalid(
                path,
                uid,
                "uid must be in RFC 4122 normalized form, `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx` with lowercase hexadecimal characters");
        }
    }

    /// <summary>Validates the elements unless there are too many to look at.</summary>
    public static void ValidateList<T>(
        ApiList<T> list, int? maximum, FieldPath path, FieldErrors errors, Action<T, FieldPath, FieldErrors> validate)
    {
        if (maximum is { } most && list.Count > most)
        {
            errors.TooMany(path, list.Count, most);
            return;
        }

        for (int i = 0; i < list.Count; i++)
        {
            validate(list[i], path.Index(i), errors);
        }
    }

    /// <summary>A list in which no two elements have the same key.</summary>
    public static void ValidateSet<T>(
        ApiList<T> list,
        int? maximum,
        FieldPath path,
        FieldErrors errors,
        (Action<T, FieldPath, FieldErrors> Validate, Func<T, string> Key) item)
    {
        ValidateList(list, maximum, path, errors, item.Validate);
        if (list.Count > maximum)
        {
            return;
        }

        HashSet<string> seen = [];
        for (int i = 0; i < list.Count; i++)
        {
            if (!seen.Add(item.Key(list[i])))
            {
                errors.Duplicate(path.Index(i), item.Key(list[i]));
            }
        }
    }

    /// <summary>A key as part of a path: very long ones lose their middle.</summary>
    public static string Shortened(string key)
    {
        const int most = DomainMaxLength + 1 + IdMaxLength;
        const string ellipsis = "...";
        int remaining = most - ellipsis.Length;
        return key.Length <= most ? key : key[..((remaining + 1) / 2)] + ellipsis + key[^(remaining / 2)..];
    }

    private static void ValidateIdentifier(string id, FieldPath path, FieldErrors errors)
    {
        if (id.Length > IdMaxLength)
        {
            errors.TooLong(path, IdMaxLength);
        }

        errors.Invalid(ContentRules.CIdentifier(id), path, id);
    }
}
