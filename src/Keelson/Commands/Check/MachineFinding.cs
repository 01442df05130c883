namespace Keelson.Commands.Check;

/// <summary>How a machine is in one respect.</summary>
internal enum Verdict
{
    Ok,
    Warn,
    Fail,
}

/// <summary>What was looked at, what was found, and what to do about it.</summary>
/// <param name="Name">What.</param>
/// <param name="Verdict">How it is.</param>
/// <param name="Found">What was found.</param>
/// <param name="Fix">What to do; empty when nothing has to be done.</param>
internal sealed record MachineFinding(string Name, Verdict Verdict, string Found, string Fix = "")
{
    /// <summary>Ok when something holds, otherwise the verdict with its fix.</summary>
    public static MachineFinding Of(string name, bool holds, string found, Verdict otherwise, string fix) =>
        holds ? new(name, Verdict.Ok, found) : new(name, otherwise, found, fix);
}

/// <summary>The files that tell of a machine; a root of one's own stands in for it in tests.</summary>
internal sealed class MachineFiles(string root = "/")
{
    /// <summary>A file's text, trimmed; empty when it can't be read.</summary>
    public string Read(string path)
    {
        try
        {
            return File.ReadAllText(At(path)).Trim();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    public bool Exists(string path) => Path.Exists(At(path));

    private string At(string path) => Path.Combine(root, path.TrimStart('/'));
}
