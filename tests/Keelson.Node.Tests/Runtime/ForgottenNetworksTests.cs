using Keelson.Nodes.Linux;
using Keelson.Nodes.Runtime;
using Keelson.Nodes.Tests.Nodes;

namespace Keelson.Nodes.Tests.Runtime;

/// <summary>Which network namespaces are removed, and when.</summary>
public sealed class ForgottenNetworksTests : IDisposable
{
    private const string Bare = "cni-d5e798af-556e-ae87-c40c-e1f0c03646f2";
    private const string Linked = "cni-29eeb74b-55d8-3a89-0520-fb215d2d9a36";
    private readonly string _directory = Directory.CreateTempSubdirectory("keelson-networks-").FullName;
    private readonly ManualClock _clock = new();
    private readonly List<string> _log = [];

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task What_is_bare_for_longer_than_making_a_sandbox_takes_is_removed()
    {
        foreach (string name in (string[])[Bare, Linked, "cni-mine", "other"])
        {
            File.WriteAllText(Path.Combine(_directory, name), "");
        }

        ForgottenNetworks networks = new(new LinuxMounts(), _clock)
        {
            Namespaces = _directory,
            IsBare = static (name, _) => Task.FromResult(name != Linked),
        };
        await networks.LookAsync(_log.Add, default);
        _clock.Advance(TimeSpan.FromMinutes(4));
        await networks.LookAsync(_log.Add, default);
        Assert.Empty(_log);
        _clock.Advance(TimeSpan.FromMinutes(1));
        await networks.LookAsync(_log.Add, default);
        Assert.Equal($"network namespace {Bare} belongs to nobody; it is removed", Assert.Single(_log));
        Assert.Equal(
            [Linked, "cni-mine", "other"],
            Directory.GetFiles(_directory).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task One_that_comes_into_use_meanwhile_stays()
    {
        File.WriteAllText(Path.Combine(_directory, Bare), "");
        bool isBare = true;
        ForgottenNetworks networks = new(new LinuxMounts(), _clock)
        {
            Namespaces = _directory,
            IsBare = (_, _) => Task.FromResult(isBare),
        };
        await networks.LookAsync(_log.Add, default);
        isBare = false;
        _clock.Advance(TimeSpan.FromMinutes(5));
        await networks.LookAsync(_log.Add, default);
        Assert.Empty(_log);
        Assert.True(File.Exists(Path.Combine(_directory, Bare)));
    }
}
