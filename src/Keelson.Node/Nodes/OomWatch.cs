using System.Runtime.InteropServices;
using System.Text;
using Keelson.Client.Events;
using Keelson.Nodes.Linux;

namespace Keelson.Nodes.Nodes;

/// <summary>
/// Tells when the kernel killed a process because the machine's memory ran out (event <c>SystemOOM</c>). It reads what
/// the kernel has written every few seconds, so that no thread has to wait for it.
/// </summary>
internal sealed class OomWatch(NodeContext context, EventRecorder events)
{
    private const string Log = "/dev/kmsg";
    private const int LongestRecord = 8192;
    private const int BrokenPipe = 32;
    private const int FromEnd = 2;

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    private readonly OomMessages _messages = new();

    /// <summary>Looks until it is cancelled; where the kernel does not show its messages, there is nothing to do.
    /// </summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        int log = LinuxCalls.OpenAt(
            LinuxCalls.CurrentDirectory, Log, LinuxCalls.OpenNonBlocking | LinuxCalls.OpenCloseOnExec, 0);
        if (log < 0)
        {
            context.Log($"{Log} can't be opened (error {Marshal.GetLastPInvokeError()}): SystemOOM is not told");
            return;
        }

        try
        {
            // What was before the agent started has been told by the one before, or concerns nobody.
            LinuxCalls.Seek(log, 0, FromEnd);
            using PeriodicTimer timer = new(Period, context.Clock);
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                ReadAll(log);
            }
        }
        finally
        {
            LinuxCalls.Close(log);
        }
    }

    /// <summary>Tells of a kill, if it was the machine whose memory ran out.</summary>
    internal void Take(string record)
    {
        if (_messages.Take(record) is { Group: "/" } kill)
        {
            events.WarnOfNode(
                context.NodeName,
                "SystemOOM",
                $"System OOM encountered, victim process: {kill.Process}, pid: {kill.Pid}");
        }
    }

    private unsafe void ReadAll(int log)
    {
        byte* buffer = stackalloc byte[LongestRecord];
        while (true)
        {
            // Each call gives one record.
            nint length = LinuxCalls.Read(log, buffer, LongestRecord);
            if (length > 0)
            {
                Take(Encoding.UTF8.GetString(buffer, (int)length));
            }
            else if (length == 0 || Marshal.GetLastPInvokeError() != BrokenPipe)
            {
                // Nothing more; a broken pipe says that records were overwritten, and the next call goes on.
                return;
            }
        }
    }
}
