using Keelson.Commands.UserCommands;

namespace Keelson.Machine;

/// <summary>Sees to it that this machine has what a node needs.</summary>
internal static class NodeMachine
{
    /// <summary>Installs what is missing, if it may.</summary>
    /// <param name="mayInstall">Whether Debian packages may be installed.</param>
    /// <param name="isFirst">Whether this is the node's first start, when packages are installed that it could do
    /// without.</param>
    /// <param name="instead">What can be done without; ends every refusal.</param>
    /// <param name="console">Where it is said what goes on.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <returns>Null, or what is missing and what to do about it.</returns>
    public static async Task<string?> PrepareAsync(
        bool mayInstall, bool isFirst, string instead, CommandConsole console, CancellationToken cancellation)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return $"a node runs containers, and that needs root; start it with sudo. {instead}".TrimEnd();
        }

        IReadOnlyList<DebianPackage> missing = DebianPackage.Missing(DebianPackage.OfNode);
        bool isReady = !missing.Any(static one => one.IsNeeded);
        if (isReady && (!mayInstall || !isFirst || missing.Count == 0))
        {
            return null;
        }

        string list = string.Join('\n', missing.Select(static one => $"  {one.Name} ({one.For})"));
        if (!mayInstall)
        {
            string names = string.Join(' ', missing.Select(static one => one.Name));
            string text = $"these Debian packages are missing:\n{list}\nInstall them, or start without --no-install:\n"
                + $"  apt-get install --no-install-recommends {names}\n{instead}";
            return text.TrimEnd();
        }

        console.Output.WriteLine(isReady
            ? $"A node is quicker with these Debian packages, which are not installed yet:\n{list}"
            : $"A node needs these Debian packages, which are not installed yet:\n{list}");
        PackageInstaller installer = new(text => console.Output.WriteLine(text), console.Clock)
        {
            IsInAHurry = isReady,
        };
        string? problem = await installer.InstallAsync(missing, cancellation);
        if (problem is null || !isReady || cancellation.IsCancellationRequested)
        {
            return problem;
        }

        console.Output.WriteLine(problem + "; going on without");
        return null;
    }
}
