using System.Text;
using Keelson.Commands.Kubelet;
using Keelson.Configuration;
using Keelson.Flags;

namespace Keelson.EndToEnd.Tests.Commands;

/// <summary>The fields of a kubelet's configuration: honoured, of no matter, or told to have no effect.</summary>
public sealed class KubeletConfigurationTests : IDisposable
{
    private const string Begin = "<!-- fields -->\n";
    private readonly string _directory = Directory.CreateTempSubdirectory("keelson-fields-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData("readOnlyPort: 0", "")]
    [InlineData("readOnlyPort: 10255", "line 3: readOnlyPort: 10255 has no effect: nothing is served without TLS; the "
        + "agent works as with 0")]
    [InlineData("memorySwap: {swapBehavior: LimitedSwap}", "line 3: memorySwap: {\"swapBehavior\":\"LimitedSwap\"} has "
        + "no effect: containers do not swap; the agent works as with {}")]
    [InlineData("streamingConnectionIdleTimeout: 4h0m0s", "")]
    [InlineData("imageServiceEndpoint: null", "")]
    [InlineData("makeIPTablesUtilChains: false", "")]
    [InlineData("maxPods: 5", "")]
    [InlineData("maxPod: 5", "using lenient decoding as strict decoding failed: strict decoding error: unknown field "
        + "\"maxPod\"")]
    public void What_has_no_effect_is_told(string field, string warning)
    {
        string file = Path.Combine(_directory, "kubelet.yaml");
        File.WriteAllText(file, $"apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n{field}\n");
        ConfigurationDocument read = KubeletConfigurationFile.Read(file);
        string[] expected = warning.Length == 0 ? [] : [$"{file}: {warning}"];
        Assert.Equal(expected, KubeletConfigurationFields.Warnings(read));
    }

    [Fact]
    public void Files_of_a_directory_change_what_the_file_says_in_the_order_of_their_names()
    {
        const string Kind = "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n";
        string file = Path.Combine(_directory, "kubelet.yaml");
        File.WriteAllText(file, Kind + "maxPods: 5\nport: 1\nclusterDNS: [a, b]\nevictionHard: {a: 1%, b: 2%}\n");
        DirectoryInfo drop = Directory.CreateDirectory(Path.Combine(_directory, "drop"));
        string late = Path.Combine(drop.FullName, "20-late.conf");
        File.WriteAllText(late, Kind + "maxPods: 7\nreadOnlyPort: 1\nport: null\n");
        File.WriteAllText(
            Path.Combine(drop.FullName, "10-early.conf"),
            Kind + "maxPods: 6\nclusterDNS: [c]\nevictionHard: {b: 3%, c: 4%}\n");
        File.WriteAllText(Path.Combine(drop.FullName, "30-other.yaml"), Kind + "maxPods: 8\n");
        ConfigurationDocument read = KubeletConfigurationFile.Read(file, drop);
        Assert.Equal((7, 0), (read.Number(0, "maxPods"), read.Number(0, "port")));
        Assert.Equal(["c"], read.Texts([], "clusterDNS"));
        Assert.Equal(
            ["a=1%", "b=3%", "c=4%"],
            read.Pairs(new Dictionary<string, string>(), "evictionHard")
                .Select(static one => $"{one.Key}={one.Value}"));
        Assert.StartsWith(
            late + ": line 4: readOnlyPort: 1 has no effect", Assert.Single(KubeletConfigurationFields.Warnings(read)),
            StringComparison.Ordinal);
        Assert.Equal(7, KubeletConfigurationFile.Read("", drop).Number(0, "maxPods"));
        Assert.Equal(5, KubeletConfigurationFile.Read(file, null).Number(0, "maxPods"));

        File.WriteAllText(late, "maxPods: 7\n");
        FlagException refused = Assert.Throws<FlagException>(() => KubeletConfigurationFile.Read(file, drop));
        Assert.StartsWith(
            $"failed to load kubelet dropin file, path: {late}, error: ", refused.Message, StringComparison.Ordinal);
        Assert.Throws<FlagException>(() => KubeletConfigurationFile.Read(file, new(file + ".d")));
    }

    [Theory]
    [InlineData("maxPods: -1", "maxPods (--max-pods) -1 must not be a negative number")]
    [InlineData("port: 70000", "port (--port) 70000 must be between 1 and 65535, inclusive")]
    [InlineData("healthzPort: 0", "")]
    [InlineData("imageGCLowThresholdPercent: 90", "imageGCLowThresholdPercent (--image-gc-low-threshold) 90 must be "
        + "less than imageGCHighThresholdPercent (--image-gc-high-threshold) 85")]
    [InlineData("maxParallelImagePulls: 3", "maxParallelImagePulls cannot be larger than 1 unless SerializeImagePulls "
        + "(--serialize-image-pulls) is set to false")]
    [InlineData("shutdownGracePeriod: 500ms",
        "shutdownGracePeriod 500ms must be either zero or otherwise >= 1 sec")]
    [InlineData("topologyManagerPolicy: near", "topologyManagerPolicy (--topology-manager-policy) \"near\" must be one "
        + "of: [\"none\" \"best-effort\" \"restricted\" \"single-numa-node\"]")]
    [InlineData("memorySwap: {swapBehavior: All}",
        "memorySwap.swapBehavior \"All\" must be one of: \"\", \"LimitedSwap\" or \"NoSwap\"")]
    [InlineData("cgroupsPerQOS: false", "cgroupsPerQOS (--cgroups-per-qos) must be set to true when \"pods\" contained "
        + "in enforceNodeAllocatable (--enforce-node-allocatable)")]
    [InlineData("enforceNodeAllocatable: [pods, pods]",
        "duplicated enforcements \"pods\" in enforceNodeAllocatable (--enforce-node-allocatable)")]
    [InlineData("enforceNodeAllocatable: [kube-reserved]",
        "kubeReservedCgroup (--kube-reserved-cgroup) must be specified when \"kube-reserved\" or "
        + "\"kube-reserved-compressible\" included in enforceNodeAllocatable (--enforce-node-allocatable)")]
    [InlineData("cgroupDriver: systemd", "")]
    [InlineData("cgroupDriver: systemctl", "option \"systemctl\" specified for cgroupDriver (--cgroup-driver). Valid "
        + "options are \"cgroupfs\" or \"systemd\"")]
    [InlineData("enforceNodeAllocatable: [all]", "option \"all\" specified for enforceNodeAllocatable "
        + "(--enforce-node-allocatable). Valid options are \"pods\", \"system-reserved\", "
        + "\"system-reserved-compressible\", \"kube-reserved\", \"kube-reserved-compressible\" or \"none\"")]
    [InlineData("nodeLeaseDurationSeconds: 0", "nodeLeaseDurationSeconds must be greater than 0")]
    [InlineData("nodeStatusMaxImages: -2", "nodeStatusMaxImages (--node-status-max-images) -2 must be -1 or greater")]
    [InlineData("shutdownGracePeriodCriticalPods: 10s",
        "shutdownGracePeriodCriticalPods 10s must be <= shutdownGracePeriod 0s")]
    [InlineData("crashLoopBackOff: {maxContainerRestartPeriod: 500ms}",
        "CrashLoopBackOff.MaxContainerRestartPeriod (got: 0.5 seconds) must be set between 1s and 300s")]
    [InlineData("cpuCFSQuotaPeriod: 50ms", "cpuCFSQuotaPeriod (--cpu-cfs-quota-period) 50ms requires feature gate "
        + "CustomCPUCFSQuotaPeriod")]
    [InlineData("systemCgroups: /s",
        "systemCgroups (--system-cgroups) was specified and cgroupRoot (--cgroup-root) was not specified")]
    [InlineData("runOnce: true", "runOnce (--runOnce) true, Runonce mode has been deprecated and should not be set")]
    [InlineData("topologyManagerScope: node",
        "topologyManagerScope (--topology-manager-scope) \"node\" must be one of: \"container\", or \"pod\"")]
    [InlineData("hairpinMode: both", "option \"both\" specified for hairpinMode (--hairpin-mode). Valid options are "
        + "\"none\", \"hairpin-veth\" or \"promiscuous-bridge\"")]
    [InlineData("imagePullCredentialsVerificationPolicy: Never",
        "option \"Never\" specified for imagePullCredentialsVerificationPolicy. Valid options are \"NeverVerify\", "
        + "\"NeverVerifyPreloadedImages\", \"NeverVerifyAllowlistedImages\" or \"AlwaysVerify\"")]
    [InlineData("memoryThrottlingFactor: 1.5",
        "memoryThrottlingFactor 1.5 must be greater than 0 and less than or equal to 1.0")]
    [InlineData("reservedSystemCPUs: 0-x", "unable to parse reservedSystemCPUs (--reserved-cpus) 0-x, error: "
        + "strconv.Atoi: parsing \"x\": invalid syntax")]
    [InlineData("podLogsDir: /var/log/../pods", "pod logs path \"/var/log/../pods\" must be normalized")]
    [InlineData("enableSystemLogQuery: true", "NodeLogQuery feature gate is required for enableSystemLogQuery")]
    [InlineData("{enableSystemLogQuery: true, featureGates: {NodeLogQuery: true}, enableSystemLogHandler: false}",
        "enableSystemLogHandler is required for enableSystemLogQuery")]
    public void What_upstream_refuses_is_refused(string field, string error)
    {
        string file = Path.Combine(_directory, "kubelet.yaml");
        string fields = field.Trim('{', '}').StartsWith("enable", StringComparison.Ordinal) && field[0] == '{'
            ? field[1..^1].Replace(", ", "\n", StringComparison.Ordinal)
            : field;
        File.WriteAllText(file, $"apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n{fields}\n");
        Exception? thrown = Record.Exception(() =>
            KubeletConfigurationRules.Check(KubeletConfigurationFile.Read(file), new KubeletFlags().Set));
        const string Begin = "failed to validate kubelet configuration, error: invalid configuration: ";
        Assert.Equal(error.Length == 0 ? null : Begin + error, thrown?.Message);
    }

    [Fact]
    public void The_command_line_counts_more_than_the_file()
    {
        string file = Path.Combine(_directory, "kubelet.yaml");
        File.WriteAllText(
            file,
            "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nenableServer: true\n"
            + "authentication: {webhook: {cacheTTL: 1m, enabled: false}}\n");
        KubeletFlags flags = new();
        flags.Set.Parse(
        [
            "--enable-server=false", "--authentication-token-webhook-cache-ttl=3s", "--hairpin-mode=none",
            "--topology-manager-policy-options=prefer-closest-numa-nodes=true", "--feature-gates=NodeLogQuery=true",
        ]);
        ConfigurationDocument read = flags.Fields.Over(KubeletConfigurationFile.Read(file));
        Assert.False(read.Truth(true, "enableServer"));
        Assert.Equal(TimeSpan.FromSeconds(3), read.Duration(default, "authentication", "webhook", "cacheTTL"));
        Assert.False(read.Truth(true, "authentication", "webhook", "enabled"));
        Assert.Equal("none", read.Text("", "hairpinMode"));
        Assert.True(read.Truth(false, "featureGates", "NodeLogQuery"));
        Assert.Equal(
            "true",
            read.Pairs(new Dictionary<string, string>(), "topologyManagerPolicyOptions")["prefer-closest-numa-nodes"]);
        Assert.Empty(KubeletConfigurationFields.Warnings(read));
    }

    [Fact]
    public void What_is_said_to_be_honoured_is_read()
    {
        string sources = string.Concat(
            Directory.GetFiles(Path.Combine(DocumentationTests.Root, "src", "Keelson", "Commands", "Kubelet"))
                .Where(static one => !one.EndsWith("KubeletConfigurationFields.cs", StringComparison.Ordinal))
                .Select(File.ReadAllText));
        Assert.Empty(KubeletConfigurationFields.All
            .Where(static one => one.Treatment == FieldTreatment.Honoured)
            .Where(one => !sources.Contains($"\"{one.Name}\"", StringComparison.Ordinal))
            .Select(static one => one.Name));
        Assert.Empty(KubeletConfigurationFields.All
            .Where(static one => one.Treatment != FieldTreatment.Honoured)
            .Where(one => sources.Contains($"\"{one.Name}\"", StringComparison.Ordinal))
            .Select(static one => one.Name));
    }

    [Fact]
    public void The_page_lists_every_field()
    {
        string file = Path.Combine(DocumentationTests.Root, "docs", "KUBELET.md");
        string page = File.ReadAllText(file);
        string written = page[..(page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length)] + Table();
        if (Environment.GetEnvironmentVariable("KEELSON_ACCEPT") == "1")
        {
            File.WriteAllText(file, written);
        }

        Assert.True(
            written == File.ReadAllText(file), $"{file} is old; KEELSON_ACCEPT=1 ./test EndToEnd writes it anew");
    }

    private static string Table()
    {
        StringBuilder table = new("\n| field | |\n| --- | --- |\n");
        foreach (KubeletField one in KubeletConfigurationFields.All)
        {
            string treatment = one.Treatment switch
            {
                FieldTreatment.Honoured => "honoured",
                FieldTreatment.Moot => $"of no matter: {one.Why}",
                _ => $"`{one.Value[0]}` in any case: {one.Why}",
            };
            table.Append($"| `{one.Name}` | {treatment} |\n");
        }

        return table.ToString();
    }
}
