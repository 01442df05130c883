using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

public sealed partial record ProjectedVolumeSource
{
    private const long TenMinutes = 10 * 60;
    private const long LargestExpiration = 1L << 32;

    internal void Validate(FieldPath path, PodScope scope)
    {
        KeyToPath.ValidateMode(DefaultMode, path.Child("defaultMode"), scope.Errors);
        HashSet<string> paths = new(StringComparer.Ordinal);
        for (int i = 0; i < Sources.Count; i++)
        {
            FieldPath at = path.Child("sources").Index(i);
            int kinds = ValidateSource(Sources[i], path, at, paths, scope);
            if (kinds > 1)
            {
                scope.Errors.Forbidden(at, "may not specify more than 1 volume type per source");
            }
        }
    }

    private static int ValidateSource(
        VolumeProjection source, FieldPath path, FieldPath at, HashSet<string> paths, PodScope scope)
    {
        int kinds = 0;
        if (source.Secret is { } secret)
        {
            kinds++;
            ValidateKeys(secret.LocalObjectReference.Name, secret.Items, path, at.Child("secret"), paths, scope.Errors);
        }

        if (source.ConfigMap is { } map)
        {
            kinds++;
            ValidateKeys(map.LocalObjectReference.Name, map.Items, path, at.Child("configMap"), paths, scope.Errors);
        }

        if (source.DownwardAPI is { } downward)
        {
            kinds++;
            foreach (DownwardAPIVolumeFile file in downward.Items)
            {
                file.Validate(at.Child("downwardAPI"), scope.Errors);
                NotePath(file.Path, file.Path, path, paths, scope.Errors);
            }
        }

        if (source.ServiceAccountToken is { } token)
        {
            kinds++;
            ValidateToken(token, path, at.Child("serviceAccountToken"), scope);
        }

        return kinds;
    }

    private static void ValidateKeys(
        string name, ApiList<KeyToPath> items, FieldPath path, FieldPath at, HashSet<string> paths, FieldErrors errors)
    {
        errors.RequireText(at, "name", name);
        for (int i = 0; i < items.Count; i++)
        {
            items[i].Validate(at.Child("items").Index(i), errors);
            NotePath(items[i].Path, name, path, paths, errors);
        }
    }

    private static void NotePath(string file, string value, FieldPath path, HashSet<string> paths, FieldErrors errors)
    {
        if (file.Length > 0 && !paths.Add(file))
        {
            errors.Invalid(path, value, "conflicting duplicate paths");
        }
    }

    private static void ValidateToken(ServiceAccountTokenProjection token, FieldPath path, FieldPath at, PodScope scope)
    {
        FieldPath expiration = at.Child("expirationSeconds");
        switch (token.ExpirationSeconds)
        {
            case null:
                scope.Errors.Required(expiration, "");
                break;
            case < TenMinutes:
                scope.Errors.Invalid(
                    expiration, token.ExpirationSeconds.Value, "may not specify a duration less than 10 minutes");
                break;
            case > LargestExpiration:
                scope.Errors.Invalid(
                    expiration, token.ExpirationSeconds.Value, "may not specify a duration larger than 2^32 seconds");
                break;
        }

        if (token.Path.Length == 0)
        {
            scope.Errors.Required(path.Child("path"), "");
        }
        else if (!scope.Options.AllowNonLocalTokenPath)
        {
            PathRules.LocalNonReserved(token.Path, path.Child("path"), scope.Errors);
        }
    }
}
