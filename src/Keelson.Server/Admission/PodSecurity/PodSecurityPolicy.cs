using System.Globalization;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Server.Admission.PodSecurity;

/// <summary>How strict a policy is.</summary>
internal enum PodSecurityLevel
{
    /// <summary>Everything goes.</summary>
    Privileged,

    /// <summary>No known privilege escalations.</summary>
    Baseline,

    /// <summary>Hardened pods alone.</summary>
    Restricted,
}

/// <summary>A level as a minor version of Kubernetes has it; <see cref="int.MaxValue"/> is the latest.</summary>
internal readonly record struct LeveledVersion(PodSecurityLevel Level, int Minor)
{
    /// <inheritdoc/>
    public override string ToString()
    {
        string level = Level switch
        {
            PodSecurityLevel.Privileged => "privileged",
            PodSecurityLevel.Baseline => "baseline",
            _ => "restricted",
        };
        return Minor == int.MaxValue ? level + ":latest"
            : string.Create(CultureInfo.InvariantCulture, $"{level}:v1.{Minor}");
    }
}

/// <summary>What a namespace's labels ask for.</summary>
internal sealed record PodSecurityPolicy(LeveledVersion Enforce, LeveledVersion Audit, LeveledVersion Warn)
{
    private const string Prefix = "pod-security.kubernetes.io/";

    /// <summary>Reads the labels. What can't be read is an error, and fails closed for enforcement alone.</summary>
    public static PodSecurityPolicy Read(ApiMap<string> labels, FieldErrors errors)
    {
        LeveledVersion enforce = ReadMode(labels, "enforce", PodSecurityLevel.Restricted, errors, out bool valid);
        LeveledVersion audit = ReadMode(labels, "audit", PodSecurityLevel.Privileged, errors, out _);
        LeveledVersion warn = ReadMode(labels, "warn", PodSecurityLevel.Privileged, errors, out _);

        // Who enforces a level and says nothing about warnings is warned at that level.
        if (!labels.ContainsKey(Prefix + "warn") && valid && enforce.Level > warn.Level)
        {
            int minor = labels.ContainsKey(Prefix + "warn-version") ? warn.Minor : enforce.Minor;
            warn = new(enforce.Level, minor);
        }

        return new(enforce, audit, warn);
    }

    private static LeveledVersion ReadMode(
        ApiMap<string> labels, string mode, PodSecurityLevel fallback, FieldErrors errors, out bool valid)
    {
        FieldPath path = FieldPath.Of("metadata").Child("labels");
        PodSecurityLevel level = PodSecurityLevel.Privileged;
        valid = labels.TryGetValue(Prefix + mode, out string? name);
        if (valid)
        {
            switch (name)
            {
                case "privileged":
                    break;
                case "baseline":
                    level = PodSecurityLevel.Baseline;
                    break;
                case "restricted":
                    level = PodSecurityLevel.Restricted;
                    break;
                default:
                    valid = false;
                    level = fallback;
                    errors.Invalid(path.Key(Prefix + mode), name, "must be one of privileged, baseline, restricted");
                    break;
            }
        }

        int minor = int.MaxValue;
        string key = $"{Prefix}{mode}-version";
        if (labels.TryGetValue(key, out string? version) && version != "latest" && !TryReadMinor(version, out minor))
        {
            minor = int.MaxValue;
            errors.Invalid(path.Key(key), version, "must be \"latest\" or \"v1.x\"");
        }

        return new(level, minor);
    }

    private static bool TryReadMinor(string version, out int minor)
    {
        minor = 0;
        return version.StartsWith("v1.", StringComparison.Ordinal)
            && (version.Length == 4 || version[3..] is not ['0', ..])
            && int.TryParse(version.AsSpan(3), NumberStyles.None, CultureInfo.InvariantCulture, out minor);
    }
}
