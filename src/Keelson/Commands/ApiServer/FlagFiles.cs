using Keelson.Cluster.Files;
using Keelson.Flags;
using Keelson.Machinery.Validation;

namespace Keelson.Commands.ApiServer;

/// <summary>Flags whose value is a file: what goes wrong with the file is told with the flag's name.</summary>
internal static class FlagFiles
{
    /// <summary>Reads the flag's file.</summary>
    public static T Read<T>(this Flag<string> flag, Func<string, T> read) =>
        Named(flag.Name, flag.Value, () => read(flag.Value));

    /// <summary>Follows the flag's file; null when the flag is not set.</summary>
    public static FileContent<T>? Follow<T>(this Flag<string> flag, Func<string, T> read, ServerProcess process)
        where T : class =>
        flag.Value.Length == 0
            ? null
            : flag.Read(path => new FileContent<T>([path], () => read(path), process.Clock, process.Log));

    /// <summary>Runs something about a flag's value.</summary>
    /// <exception cref="FlagException">It failed; the message names flag and value.</exception>
    public static T Named<T>(string name, string value, Func<T> act)
    {
        try
        {
            return act();
        }
        catch (Exception exception) when (exception is FileException or FormatException)
        {
            throw new FlagException($"--{name} {GoText.Quote(value)}: {exception.Message}", exception);
        }
    }
}

/// <summary>What a server has of the process it runs in.</summary>
/// <param name="Clock">The clock.</param>
/// <param name="Log">Where it says what goes on.</param>
/// <param name="OnFatal">Called when it can't go on.</param>
internal sealed record ServerProcess(TimeProvider Clock, Action<string> Log, Action<Exception> OnFatal);
