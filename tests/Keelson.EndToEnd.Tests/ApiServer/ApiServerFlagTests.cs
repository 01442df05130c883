using System.Net;
using System.Net.Sockets;
using Keelson.Commands;
using Keelson.Commands.ApiServer;
using Keelson.Flags;

namespace Keelson.EndToEnd.Tests.ApiServer;

/// <summary>How the API server's command line is read, and what is said of one that is wrong.</summary>
public sealed class ApiServerFlagTests : IDisposable
{
    private readonly ServerDirectory _files = new();

    public void Dispose() => _files.Dispose();

    [Theory]
    [InlineData("unknown flag: --no-such-flag", "--no-such-flag=1")]
    [InlineData("flag needs an argument: --secure-port", "--secure-port")]
    [InlineData("invalid argument \"abc\" for \"--secure-port\" flag: strconv.ParseInt: parsing \"abc\": invalid syntax", "--secure-port=abc")]
    [InlineData("invalid argument \"maybe\" for \"--anonymous-auth\" flag: strconv.ParseBool: parsing \"maybe\": invalid syntax", "--anonymous-auth=maybe")]
    [InlineData("invalid argument \"5 minutes\" for \"--request-timeout\" flag: time: unknown unit \" minutes\" in duration \"5 minutes\"", "--request-timeout", "5 minutes")]
    [InlineData("invalid argument \"10.0.0\" for \"--bind-address\" flag: failed to parse IP: \"10.0.0\"", "--bind-address=10.0.0")]
    [InlineData("invalid argument \"5-2\" for \"--service-node-port-range\" flag: end port cannot be less than start port: 5-2", "--service-node-port-range=5-2")]
    [InlineData("invalid argument \"Nope=true\" for \"--feature-gates\" flag: unrecognized feature gate: Nope", "--feature-gates=Nope=true")]
    [InlineData("\"keelson apiserver\" does not take any arguments, got [\"extra\"]", "extra")]
    [InlineData("--secure-port 0 must be between 1 and 65535, inclusive. It cannot be turned off with 0", "--secure-port=0")]
    [InlineData("authorization-mode \"Rbac\" is not a valid mode", "--authorization-mode", "Rbac")]
    [InlineData("enable-admission-plugins plugin \"Nope\" is unknown", "--enable-admission-plugins=Nope")]
    [InlineData("--tls-min-version: unknown tls version \"1.2\"", "--tls-min-version=1.2")]
    [InlineData("service-cluster-ip-range[0] is not a valid cidr: \"10.0.0.0/99\"", "--service-cluster-ip-range=10.0.0.0/99")]
    [InlineData("--service-cluster-ip-range[0] and --service-cluster-ip-range[1] must be of different IP family", "--service-cluster-ip-range=10.0.0.0/16,10.1.0.0/16")]
    [InlineData("unknown api groups nope.example", "--runtime-config=nope.example/v1=true")]
    [InlineData("--audit-log-path=/tmp/audit.log: auditing comes with a later version; leave the flag out", "--audit-log-path=/tmp/audit.log")]
    public void A_wrong_command_line_is_refused_with_flag_and_value(string error, params string[] wrong)
    {
        FlagException refused = Assert.Throws<FlagException>(
            () => ApiServerCommand.Parse(new ApiServerFlags(), _files.Flags(["--data-dir=" + _files["data"], .. wrong])));
        Assert.EndsWith(error, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Flags_are_read_as_Go_reads_them()
    {
        ApiServerFlags flags = new();
        ApiServerCommand.Parse(flags, _files.Flags(
            "--etcd_servers=http://a:1,http://b:2", "--etcd-servers", "http://c:3", "--allow-privileged", "--profiling=false",
            "--event-ttl=90m", "--api-audiences=\"a,b\",c", "-v4", "--service-account-issuer", "https://second.example",
            "--service-node-port-range=30000+10"));
        Assert.Equal(["http://a:1", "http://b:2", "http://c:3"], flags.Store.Servers.Value);
        Assert.True(flags.Policy.AllowPrivileged.Value);
        Assert.Equal(TimeSpan.FromMinutes(90), flags.Services.EventTtl.Value);
        Assert.Equal(["a,b", "c"], flags.Authentication.Audiences.Value);
        Assert.Equal(4, flags.Logs.Verbosity.Value);
        Assert.Equal(["https://issuer.example", "https://second.example"], flags.Accounts.Issuers.Value);
        Assert.Equal((30000, 30010), flags.Services.NodePorts.Value);
    }

    [Fact]
    public async Task A_file_that_can_not_be_read_ends_the_process_with_1_and_leaves_nothing_behind()
    {
        _files.Write("bad.crt", "no certificate");
        string missing = _files["missing.crt"];
        Assert.Equal(1, await RunAsync($"--client-ca-file={missing}"));
        Assert.Equal(1, await RunAsync($"--client-ca-file={_files["bad.crt"]}"));
        Assert.False(Directory.Exists(_files["data"]));
        Assert.False(Directory.Exists(_files["certs"]));

        // Nor does a server that finds its port taken.
        using TcpListener taken = new(IPAddress.Loopback, 0);
        taken.Start();
        Assert.Equal(1, await RunAsync($"--secure-port={((IPEndPoint)taken.LocalEndpoint).Port}"));
        Assert.False(Directory.Exists(_files["data"]));

        FlagException refused = await Assert.ThrowsAsync<FlagException>(() => _files.StartAsync(
            "--data-dir=" + _files["data"], $"--client-ca-file={missing}"));
        Assert.Equal($"--client-ca-file \"{missing}\": open {missing}: no such file or directory", refused.Message);
    }

    private Task<int> RunAsync(string flag) =>
        ApiServerCommand.RunAsync(_files.Flags("--data-dir=" + _files["data"], flag), CancellationToken.None);
}
