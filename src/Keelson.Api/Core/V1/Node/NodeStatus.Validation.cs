using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>The rules on what nodes tell of themselves.</summary>
internal static class NodeStatusRules
{
    private const int MaxNameLength = 253;

    /// <summary>Names of features are in order, each there once, and look like those of feature gates.</summary>
    public static void ValidateFeatures(ApiList<string> features, FieldErrors errors)
    {
        FieldPath path = FieldPath.Of("status").Child("declaredFeatures");
        for (int i = 0; i < features.Count; i++)
        {
            string name = features[i];
            if (NameProblem(name) is { } problem)
            {
                errors.Invalid(path.Index(i), name, $"invalid feature name {GoText.Quote(name)}: {problem}");
            }

            int order = i + 1 < features.Count ? string.CompareOrdinal(name, features[i + 1]) : -1;
            if (order == 0)
            {
                errors.Duplicate(path.Index(i + 1), features[i + 1]);
            }
            else if (order > 0)
            {
                errors.Invalid(path.Index(i + 1), features[i + 1], "list must be sorted alphabetically");
            }
        }
    }

    /// <summary>Who has swap space has some of it. The path is upstream's, odd as it is.</summary>
    public static void ValidateSwap(NodeSwapStatus? swap, FieldPath path, FieldErrors errors)
    {
        if (swap?.Capacity is <= 0)
        {
            errors.Invalid(path.Child("capacity"), swap.Capacity.Value, "must be greater than zero");
        }
    }

    private static string? NameProblem(string name)
    {
        if (name.Length > MaxNameLength)
        {
            return $"must be no more than {MaxNameLength} characters";
        }

        bool isWellFormed = name.Length > 0 && char.IsAsciiLetterUpper(name[0]) && name.Split('/').All(static part =>
            part.Length > 0 && char.IsAsciiLetter(part[0]) && part.All(char.IsAsciiLetterOrDigit));
        return isWellFormed
            ? null
            : "must start with an UpperCamelCase segment, with subsequent segments separated by '/' "
                + "(e.g., MyFeature or MyFeature/mySubFeature), and contain only alphanumeric characters and slashes";
    }
}
