using Keelson.Flags;

namespace Keelson.Configuration;

/// <summary>What values of a flag look like in a configuration file.</summary>
/// <param name="Json">Their type in JSON.</param>
/// <param name="Words">What they must be, in words.</param>
internal sealed record FlagType(string Json, string Words)
{
    /// <summary>Whether they name a file or directory: relative ones are beside the configuration file.</summary>
    public bool IsPath { get; init; }

    /// <summary>The least of numbers.</summary>
    public int? Minimum { get; init; }

    /// <summary>The largest of numbers.</summary>
    public int? Maximum { get; init; }
}

/// <summary>The types of flags by the names that help gives them.</summary>
internal static class FlagTypes
{
    private static readonly FlagType Truth = new("boolean", "true or false");
    private static readonly FlagType Number = new("integer", "a whole number");
    private static readonly FlagType Count = new("integer", "a whole number, not below zero") { Minimum = 0 };
    private static readonly FlagType Duration = new("string", "a duration such as 15s or 1m30s");
    private static readonly FlagType File = new("string", "a string that names a file or directory") { IsPath = true };
    private static readonly FlagType Text = new("string", "a string");

    private static readonly FlagType Port =
        new("integer", "a whole number from 0 to 65535") { Minimum = 0, Maximum = ushort.MaxValue };

    /// <summary>The type of a flag.</summary>
    public static FlagType Of(Flag flag) => flag.TypeName switch
    {
        "" => Truth,
        "int" => Number,
        "count" => Count,
        "port" => Port,
        "duration" => Duration,
        "path" => File,
        _ => Text,
    };
}
