using Keelson.Machinery.Validation;

namespace Keelson.Api.Core.V1;

/// <summary>Paths of files and directories as objects may name them.</summary>
internal static class PathRules
{
    /// <summary>No step of the path leads upwards.</summary>
    public static void NoBacksteps(string path, FieldPath at, FieldErrors errors)
    {
        if (HasBacksteps(path))
        {
            errors.Invalid(at, path, "must not contain '..'");
        }
    }

    /// <summary>True when a step of the path leads upwards.</summary>
    public static bool HasBacksteps(string path) =>
        path.Contains("..", StringComparison.Ordinal) && path.Split('/').Contains("..");

    /// <summary>The path is relative and stays below where it starts.</summary>
    public static void LocalDescending(string path, FieldPath at, FieldErrors errors)
    {
        if (path.StartsWith('/'))
        {
            errors.Invalid(at, path, "must be a relative path");
        }

        NoBacksteps(path, at, errors);
    }

    /// <summary>The path is relative, stays below where it starts, and does not begin with two dots, which the kubelet uses.</summary>
    public static void LocalNonReserved(string path, FieldPath at, FieldErrors errors)
    {
        LocalDescending(path, at, errors);
        if (path.StartsWith("..", StringComparison.Ordinal) && !path.StartsWith("../", StringComparison.Ordinal))
        {
            errors.Invalid(at, path, "must not start with '..'");
        }
    }
}
