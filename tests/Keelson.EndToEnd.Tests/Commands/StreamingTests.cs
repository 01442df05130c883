using System.Net.Sockets;
using System.Text;
using Keelson.Commands.UserCommands;
using Keelson.Server.Tests.Connections;

namespace Keelson.EndToEnd.Tests.Commands;

/// <summary>The commands that reach into pods: beside kubectl where what they print is the same each time.</summary>
public sealed class StreamingTests(ConnectedCluster cluster) : IClassFixture<ConnectedCluster>, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly string _directory = Directory.CreateTempSubdirectory("keelson-streams-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData("logs p")]
    [InlineData("logs two")]
    [InlineData("logs two -c b --tail=1")]
    [InlineData("logs p --prefix")]
    [InlineData("exec p -- echo hello")]
    [InlineData("exec -i p -- cat")]
    [InlineData("exec two -- echo hello")]
    [InlineData("exec p -c absent -- echo hello")]
    [InlineData("exec p -- exit 7")]
    [InlineData("exec m -- echo modern")]
    [InlineData("exec p")]
    [InlineData("logs p -c absent")]
    public async Task Pods_are_reached_as_kubectl_reaches_them(string line)
    {
        Assert.SkipWhen(CommandCluster.Kubectl is null, "there is no kubectl on the PATH");
        string kubeconfig = cluster.WriteKubeconfig(_directory);
        string input = line.Contains("cat", StringComparison.Ordinal) ? "over and back\n" : "";
        CommandRun keelson = await CommandRun.KeelsonAsync(kubeconfig, line.Split(' '), input);
        CommandRun kubectl = await CommandRun.ProgramAsync(CommandCluster.Kubectl, kubeconfig, line.Split(' '), input);
        Assert.Null(SameOutput.Difference(kubectl, keelson));
    }

    [Fact]
    public async Task A_port_of_this_machine_leads_to_a_pod()
    {
        string kubeconfig = cluster.WriteKubeconfig(_directory);
        LineWriter output = new();
        CommandConsole console = new()
        {
            Output = output,
            Error = output,
            OpenInput = () => Stream.Null,
            OpenOutput = () => Stream.Null,
            OpenError = () => Stream.Null,
            Environment = name => name == "KUBECONFIG" ? kubeconfig : null,
        };
        using CancellationTokenSource end = new();
        Task<int> forwarding = CommandCatalog.RunAsync(
            ["port-forward", "p", ":8080", "--address=127.0.0.1"], console, end.Token);
        string first = await output.First.Task.WaitAsync(Patience);
        Assert.Matches(@"^Forwarding from 127\.0\.0\.1:\d+ -> 8080\n$", first);
        int port = int.Parse(first.Split(' ')[2].Split(':')[1]);
        using TcpClient client = new();
        await client.ConnectAsync("127.0.0.1", port).WaitAsync(Patience);
        using NetworkStream stream = client.GetStream();
        await stream.WriteAsync("shout"u8.ToArray());
        client.Client.Shutdown(SocketShutdown.Send);
        using StreamReader answer = new(stream);
        Assert.Equal("SHOUT", await answer.ReadToEndAsync().WaitAsync(Patience));
        await end.CancelAsync();
        Assert.Equal(1, await forwarding.WaitAsync(Patience));
    }

    /// <summary>Tells of the first line that is written.</summary>
    private sealed class LineWriter : TextWriter
    {
        public TaskCompletionSource<string> First { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(string? value) => First.TrySetResult(value ?? "");
    }
}
