using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using Keelson.Clusters;
using Keelson.Commands.UserCommands;
using Keelson.Machinery.Trees;
using Keelson.Streaming.RemoteCommand;
using Keelson.Streaming.WebSockets;

namespace Keelson.Commands.Exec;

/// <summary>How a remote command ended.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Failure">Why it could not run; null when it did.</param>
internal readonly record struct RemoteEnd(int ExitCode, string? Failure);

/// <summary>A command in a container, with this process's input and output.</summary>
internal sealed class RemoteProcess(ClientWebSocket socket, StreamSelection streams, CommandConsole console)
{
    private static readonly TimeSpan SizeCheck = TimeSpan.FromMilliseconds(250);
    private readonly ChannelSocket _channels = new(socket);

    /// <summary>Until the command ends.</summary>
    public async Task<RemoteEnd> RunAsync(CancellationToken cancellation)
    {
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task input = streams.Stdin ? SendInputAsync(end.Token) : Task.CompletedTask;
        Task sizes = streams.Tty ? SendSizesAsync(end.Token) : Task.CompletedTask;
        using Stream output = console.OpenOutput();
        using Stream error = console.OpenError();
        using MemoryStream status = new();
        try
        {
            await _channels.ReceiveAsync(
                async (channel, data) =>
                {
                    Stream? to = channel switch
                    {
                        StreamChannels.Stdout => output,
                        StreamChannels.Stderr => error,
                        StreamChannels.Error => status,
                        _ => null,
                    };
                    if (to is not null && data.Length > 0)
                    {
                        await to.WriteAsync(data, end.Token);
                        await to.FlushAsync(end.Token);
                    }
                },
                end.Token);
        }
        finally
        {
            await _channels.SayGoodbyeAsync();
            await end.CancelAsync();
        }

        // Reading input can't be interrupted; it ends with the process.
        _ = Task.WhenAll(input, sizes).ContinueWith(static task => task.Exception, TaskScheduler.Default);
        return EndOf(status.ToArray());
    }

    private static RemoteEnd EndOf(byte[] bytes)
    {
        if (bytes.Length == 0)
        {
            return new(0, null);
        }

        ObjectTree status = TreeReader.ReadObject(bytes);
        if (status.TextAt("status") == "Success")
        {
            return new(0, null);
        }

        string code = status.Objects("details", "causes")
            .FirstOrDefault(cause => cause.TextAt("reason") == "ExitCode")?.TextAt("message") ?? "";
        return status.TextAt("reason") == "NonZeroExitCode"
            && int.TryParse(code, CultureInfo.InvariantCulture, out int exit)
                ? new(exit, null)
                : new(1, status.TextAt("message"));
    }

    private async Task SendInputAsync(CancellationToken cancellation)
    {
        using Stream input = console.OpenInput();
        byte[] buffer = new byte[32 * 1024];
        int read;
        while ((read = await input.ReadAsync(buffer, cancellation)) > 0)
        {
            await _channels.SendAsync(StreamChannels.Stdin, buffer.AsMemory(0, read), cancellation);
        }

        if (socket.SubProtocol == StreamNames.RemoteCommandV5)
        {
            await _channels.SendAsync(ChannelSocket.CloseChannel, new[] { StreamChannels.Stdin }, cancellation);
        }
    }

    private async Task SendSizesAsync(CancellationToken cancellation)
    {
        (int Width, int Height) last = default;
        using PeriodicTimer timer = new(SizeCheck, console.Clock);
        do
        {
            (int Width, int Height) now = (System.Console.WindowWidth, System.Console.WindowHeight);
            if (now != last)
            {
                byte[] size = Encoding.UTF8.GetBytes($"{{\"Width\":{now.Width},\"Height\":{now.Height}}}\n");
                await _channels.SendAsync(StreamChannels.Resize, size, cancellation);
                last = now;
            }
        }
        while (await timer.WaitForNextTickAsync(cancellation));
    }
}
