using System.Diagnostics.CodeAnalysis;

namespace Keelson.Machinery.Schedules;

/// <summary>Time zones by their IANA names, with Go's error texts.</summary>
public static class TimeZones
{
    /// <summary>Finds a zone; names are case sensitive.</summary>
    public static bool TryFind(
        string name, [NotNullWhen(true)] out TimeZoneInfo? zone, [NotNullWhen(false)] out string? error)
    {
        error = null;
        zone = name.Length == 0 || name == "UTC" ? TimeZoneInfo.Utc : name == "Local" ? TimeZoneInfo.Local : null;
        if (zone is not null)
        {
            return true;
        }

        if (name.Contains("..", StringComparison.Ordinal) || name[0] is '/' or '\\'
            || name.Contains('\\', StringComparison.Ordinal))
        {
            error = "time: invalid location name";
            return false;
        }

        if (!TimeZoneInfo.TryFindSystemTimeZoneById(name, out zone) || zone.Id != name)
        {
            zone = null;
            error = "unknown time zone " + name;
            return false;
        }

        return true;
    }
}
