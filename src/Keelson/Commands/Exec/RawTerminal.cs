using System.Diagnostics;

namespace Keelson.Commands.Exec;

/// <summary>The terminal passing every key on as it is, until it is put back.</summary>
internal sealed class RawTerminal : IDisposable
{
    private readonly string _before;

    private RawTerminal(string before) => _before = before;

    /// <summary>Switches the terminal.</summary>
    public static RawTerminal Enter()
    {
        string before = Stty("-g");
        Stty("raw", "-echo");
        return new(before);
    }

    public void Dispose() => Stty(_before);

    private static string Stty(params string[] words)
    {
        ProcessStartInfo start = new("stty", words) { RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output.Trim();
    }
}
