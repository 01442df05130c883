using System.Runtime.InteropServices;
using System.Text;

namespace Keelson;

/// <summary>
/// Runs an agent on the code that was compiled ahead and on nothing better. Servers gain from methods that are compiled
/// once more when they turn out to be hot; an agent is seldom busy, and what that compiler keeps is a tenth of its
/// memory. The runtime takes this setting only from its environment, at its start.
/// </summary>
internal static unsafe partial class LeanRuntime
{
    private const string Setting = "DOTNET_TieredCompilation";
    private const string Off = "0";

    /// <summary>Roles that share their machine with the pods they run.</summary>
    private static readonly string[] Agents = ["kubelet", "join"];

    /// <summary>
    /// Replaces an agent's process by itself with the setting: it keeps its number, its files and its place in the
    /// tree. Returns where there is nothing to do, and on systems that can't: the agent works there as well.
    /// </summary>
    /// <param name="line">The program's command line.</param>
    public static void Enter(IReadOnlyList<string> line)
    {
        if (!OperatingSystem.IsLinux() || line is not [var command, ..] || !Agents.Contains(command))
        {
            return;
        }

        if (Environment.GetEnvironmentVariable(Setting) is not { } chosen)
        {
            Restart();
        }
        else if (chosen == Off)
        {
            // It is not meant for the programs that this one starts.
            Environment.SetEnvironmentVariable(Setting, null);
        }
    }

    private static void Restart()
    {
        try
        {
            byte[] arguments = File.ReadAllBytes("/proc/self/cmdline");
            byte[] variables =
                [.. File.ReadAllBytes("/proc/self/environ"), .. Encoding.ASCII.GetBytes($"{Setting}={Off}\0")];
            fixed (byte* first = arguments, second = variables)
            {
                nint[] argumentList = Strings(first, arguments);
                nint[] variableList = Strings(second, variables);
                _ = Execute("/proc/self/exe", argumentList, variableList);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Without /proc it goes on as it is.
        }
    }

    /// <summary>Where the strings start that a block consists of, each ended by a zero; zero at the end.</summary>
    private static nint[] Strings(byte* block, byte[] bytes)
    {
        List<nint> starts = [];
        int at = 0;
        for (int length; (length = bytes.AsSpan(at).IndexOf((byte)0)) >= 0; at += length + 1)
        {
            starts.Add((nint)(block + at));
        }

        return [.. starts, 0];
    }

    [LibraryImport("libc", EntryPoint = "execve", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Execute(string path, nint[] arguments, nint[] variables);
}
