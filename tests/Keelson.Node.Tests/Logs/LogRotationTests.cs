using System.IO.Compression;
using Keelson.Nodes.Cri;
using Keelson.Nodes.Logs;
using Keelson.Nodes.Tests.Nodes;
using Keelson.Rpc;

namespace Keelson.Nodes.Tests.Logs;

/// <summary>Rotation of logs, and the links to them.</summary>
public sealed class LogRotationTests : IDisposable
{
    private readonly TestNode _node = new();
    private readonly LogRotation _rotation;
    private readonly string _directory;

    public LogRotationTests()
    {
        _directory = _node.DirectoryFor("container");
        CriClient unreachable = new(new RpcChannel(RpcEndpoint.Unix(Path.Combine(_directory, "none"))));
        _rotation = new(unreachable, new() { FilesMax = 4 }, _node.Context);
    }

    private string Log => Path.Combine(_directory, "0.log");

    [Fact]
    public async Task The_newest_stays_as_it_is_older_ones_are_compressed_and_the_oldest_go()
    {
        for (int i = 0; i < 5; i++)
        {
            File.WriteAllText(Log, "log " + i);
            await _rotation.RotateAsync(Log, () => Task.CompletedTask);
            _node.Clock.Advance(TimeSpan.FromMinutes(1));
        }

        string[] names = Directory.GetFiles(_directory).Select(Path.GetFileName).Order().ToArray()!;
        Assert.Equal(3, names.Length);
        Assert.Equal([true, true, false], names.Select(static one => one.EndsWith(".gz", StringComparison.Ordinal)));
        Assert.Equal("log 4", File.ReadAllText(Path.Combine(_directory, names[2])));
        using GZipStream unpacked = new(File.OpenRead(Path.Combine(_directory, names[0])), CompressionMode.Decompress);
        using StreamReader reader = new(unpacked);
        Assert.Equal("log 2", reader.ReadToEnd());
    }

    [Fact]
    public async Task The_order_of_rotated_logs_outlives_a_clock_that_is_set_back()
    {
        for (int i = 0; i < 4; i++)
        {
            File.WriteAllText(Log, "log " + i);
            await _rotation.RotateAsync(Log, () => Task.CompletedTask);
            _node.Clock.Step(TimeSpan.FromHours(-1));
        }

        string[] names = Directory.GetFiles(_directory).Order(StringComparer.Ordinal).ToArray()!;
        Assert.Equal(3, names.Length);
        Assert.Equal("log 3", File.ReadAllText(names[^1]));
        Assert.Equal(["gz", "gz"], names[..^1].Select(static one => one[^2..]));
    }

    [Fact]
    public async Task A_log_keeps_its_name_when_the_runtime_does_not_open_a_new_one()
    {
        File.WriteAllText(Log, "log");
        await Assert.ThrowsAsync<RpcException>(() =>
            _rotation.RotateAsync(Log, () => throw new RpcException(RpcStatusCode.Unavailable, "away")));
        Assert.Equal([Log], Directory.GetFiles(_directory));
    }

    [Fact]
    public void Dead_links_go_unless_their_containers_run()
    {
        LogLinks links = new(_node.DirectoryFor("links"));
        File.WriteAllText(Log, "log");
        string link = links.PathOf("pod", "ns", "main", "abc");
        Assert.Equal("pod_ns_main-abc.log", Path.GetFileName(link));
        links.Make(link, Log);
        links.Make(link, Log);
        links.RemoveDead(static _ => false);
        Assert.Equal("log", File.ReadAllText(link));

        File.Delete(Log);
        links.RemoveDead(static id => id == "abc");
        Assert.Equal(Log, new FileInfo(link).LinkTarget);
        links.RemoveDead(static _ => false);
        Assert.Null(new FileInfo(link).LinkTarget);
    }

    public void Dispose() => _node.Dispose();
}
