using System.ComponentModel;
using System.Diagnostics;
using Keelson.Nodes.Linux;

namespace Keelson.Nodes.Shutdown;

/// <summary>What the system says of itself.</summary>
public static class SystemState
{
    /// <summary>True when the whole machine is going down, not only this program. systemd knows; without it nobody
    /// does.</summary>
    public static async Task<bool> IsStoppingAsync(CancellationToken cancellationToken)
    {
        try
        {
            ProgramResult result = await ProgramRun.RunAsync(
                new ProcessStartInfo("systemctl", ["is-system-running"]), "", cancellationToken);
            return result.Output.Trim() == "stopping";
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
