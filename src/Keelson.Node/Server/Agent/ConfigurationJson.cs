using System.Text.Json;
using Keelson.Machinery.Values;
using Keelson.Nodes.Cgroups;
using Keelson.Nodes.Runtime;

namespace Keelson.Nodes.Server.Agent;

/// <summary>
/// The configuration that an agent works with as a <c>KubeletConfiguration</c> has it (<c>/configz</c>), fields in
/// upstream's order. What agents do in one way only has upstream's default.
/// </summary>
internal static class ConfigurationJson
{
    /// <summary>Writes it.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="config">The agent's settings.</param>
    /// <param name="runtimeEndpoint">The runtime's socket.</param>
    public static void Write(Utf8JsonWriter json, NodeAgentConfig config, string runtimeEndpoint)
    {
        json.WriteStartObject();
        WriteServer(json, config);
        WriteAccess(json, config.Server?.Access ?? new());
        WriteBehaviour(json, config);
        WriteResources(json, config);
        WriteEviction(json, config);
        WriteRest(json, config, runtimeEndpoint);
        json.WriteEndObject();
    }

    private static void WriteServer(Utf8JsonWriter json, NodeAgentConfig config)
    {
        json.WriteBoolean("enableServer", config.Server is not null);
        Text(json, "staticPodPath", config.StaticPodDirectory);
        json.WriteString("podLogsDir", config.PodLogsDirectory);
        Span(json, "syncFrequency", TimeSpan.FromMinutes(1));
        Span(json, "fileCheckFrequency", TimeSpan.FromSeconds(20));
        Span(json, "httpCheckFrequency", TimeSpan.FromSeconds(20));
        json.WriteString("address", (config.Server?.BindAddress ?? System.Net.IPAddress.Any).ToString());
        json.WriteNumber("port", config.Server?.Port ?? 10250);
        if (config.Server?.TlsMin is { Minor: 3 })
        {
            json.WriteString("tlsMinVersion", "VersionTLS13");
        }

        if (config.Server is { CertificateDirectory.Length: > 0 })
        {
            json.WriteBoolean("serverTLSBootstrap", true);
        }
    }

    private static void WriteAccess(Utf8JsonWriter json, KubeletAccessConfig access)
    {
        json.WriteStartObject("authentication");
        json.WriteStartObject("x509");
        json.WriteEndObject();
        json.WriteStartObject("webhook");
        json.WriteBoolean("enabled", access.TokenReviews);
        Span(json, "cacheTTL", access.TokenReviewLifetime);
        json.WriteEndObject();
        json.WriteStartObject("anonymous");
        json.WriteBoolean("enabled", access.Anonymous);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteStartObject("authorization");
        json.WriteString("mode", access.AlwaysAllow ? "AlwaysAllow" : "Webhook");
        json.WriteStartObject("webhook");
        Span(json, "cacheAuthorizedTTL", access.AllowedLifetime);
        Span(json, "cacheUnauthorizedTTL", access.RefusedLifetime);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteBehaviour(Utf8JsonWriter json, NodeAgentConfig config)
    {
        json.WriteNumber("registryPullQPS", 5);
        json.WriteNumber("registryBurst", 10);
        json.WriteString("imagePullCredentialsVerificationPolicy", config.PullVerification.ToString());
        json.WriteNumber("eventRecordQPS", 50);
        json.WriteNumber("eventBurst", 100);
        json.WriteBoolean("enableDebuggingHandlers", config.Server?.ServesDebugging ?? true);
        json.WriteNumber("healthzPort", config.Health?.Port ?? 0);
        json.WriteString("healthzBindAddress", config.Health?.Address.ToString() ?? "127.0.0.1");
        json.WriteNumber("oomScoreAdj", -999);
        json.WriteString("clusterDomain", config.ClusterDomain);
        Texts(json, "clusterDNS", config.ClusterDns);
        Span(json, "streamingConnectionIdleTimeout", TimeSpan.FromHours(4));
        Span(json, "nodeStatusUpdateFrequency", config.StatusPeriod);
        Span(json, "nodeStatusReportFrequency", config.ReportPeriod);
        json.WriteNumber("nodeLeaseDurationSeconds", config.LeaseSeconds);
        Span(json, "imageMinimumGCAge", config.ImageGarbage.AgeMin);
        Span(json, "imageMaximumGCAge", config.ImageGarbage.AgeMax);
        json.WriteNumber("imageGCHighThresholdPercent", config.ImageGarbage.HighPercent);
        json.WriteNumber("imageGCLowThresholdPercent", config.ImageGarbage.LowPercent);
        Span(json, "volumeStatsAggPeriod", TimeSpan.FromMinutes(1));
    }

    private static void WriteResources(Utf8JsonWriter json, NodeAgentConfig config)
    {
        Text(json, "cgroupRoot", config.CgroupRoot);
        json.WriteBoolean("cgroupsPerQOS", config.PodCgroups);
        json.WriteString(
            "cgroupDriver", config.CgroupDriver.Length > 0 ? config.CgroupDriver : CgroupDriverChoice.Files);
        json.WriteString("cpuManagerPolicy", config.Placement.CpuPolicy);
        json.WriteBoolean(
            "singleProcessOOMKill", config.KillsSingleProcesses ?? !HostAbilities.HasUnifiedCgroups());
        Pairs(json, "cpuManagerPolicyOptions", config.Placement.CpuPolicyOptions);
        Span(json, "cpuManagerReconcilePeriod", TimeSpan.FromSeconds(10));
        json.WriteString("memoryManagerPolicy", config.Placement.MemoryPolicy);
        json.WriteString("topologyManagerPolicy", config.Placement.TopologyPolicy);
        json.WriteString("topologyManagerScope", config.Placement.TopologyScope);
        Pairs(json, "topologyManagerPolicyOptions", config.Placement.TopologyPolicyOptions);
        Span(json, "runtimeRequestTimeout", TimeSpan.FromMinutes(2));
        json.WriteString("hairpinMode", "promiscuous-bridge");
        json.WriteNumber("maxPods", config.MaxPods);
        json.WriteNumber("podPidsLimit", config.PodProcessesMax);
        json.WriteString("resolvConf", config.ResolverFile);
        json.WriteBoolean("cpuCFSQuota", true);
        json.WriteString("cpuCFSQuotaPeriod", "100ms");
        json.WriteNumber("nodeStatusMaxImages", config.StatusImagesMax);
        json.WriteNumber("maxOpenFiles", 1_000_000);
        json.WriteString("contentType", "application/vnd.kubernetes.protobuf");
        json.WriteNumber("kubeAPIQPS", 50);
        json.WriteNumber("kubeAPIBurst", 100);
        json.WriteBoolean("serializeImagePulls", config.ParallelImagePulls == 1);
        if (config.ParallelImagePulls is > 1 and < int.MaxValue)
        {
            json.WriteNumber("maxParallelImagePulls", config.ParallelImagePulls);
        }
    }

    private static void WriteEviction(Utf8JsonWriter json, NodeAgentConfig config)
    {
        Pairs(json, "evictionHard", config.Eviction.Hard);
        Pairs(json, "evictionSoft", config.Eviction.Soft);
        Pairs(json, "evictionSoftGracePeriod", config.Eviction.SoftGracePeriods);
        Span(json, "evictionPressureTransitionPeriod", config.Eviction.PressureTransitionPeriod);
        if (config.Eviction.PodGraceSecondsMax > 0)
        {
            json.WriteNumber("evictionMaxPodGracePeriod", config.Eviction.PodGraceSecondsMax);
        }

        Pairs(json, "evictionMinimumReclaim", config.Eviction.MinimumReclaim);
        json.WriteBoolean("mergeDefaultEvictionSettings", false);
        if (config.PodsPerProcessor > 0)
        {
            json.WriteNumber("podsPerCore", config.PodsPerProcessor);
        }
    }

    private static void WriteRest(Utf8JsonWriter json, NodeAgentConfig config, string runtimeEndpoint)
    {
        json.WriteBoolean("enableControllerAttachDetach", true);
        json.WriteBoolean("makeIPTablesUtilChains", true);
        json.WriteNumber("iptablesMasqueradeBit", 14);
        json.WriteNumber("iptablesDropBit", 15);
        json.WriteBoolean("failSwapOn", false);
        json.WriteStartObject("memorySwap");
        json.WriteEndObject();
        json.WriteString(
            "containerLogMaxSize",
            Quantity.FromValue(config.LogRotation.SizeMax, QuantityFormat.BinarySI).ToString());
        json.WriteNumber("containerLogMaxFiles", config.LogRotation.FilesMax);
        json.WriteNumber("containerLogMaxWorkers", config.LogRotation.WorkersMax);
        Span(json, "containerLogMonitorInterval", config.LogRotation.Interval);
        json.WriteString("configMapAndSecretChangeDetectionStrategy", "Watch");
        Pairs(json, "systemReserved", config.SystemReserved.ToDictionary(
            static one => one.Key, static one => one.Value.ToString()));
        Pairs(json, "kubeReserved", config.KubeReserved.ToDictionary(
            static one => one.Key, static one => one.Value.ToString()));
        Text(json, "reservedSystemCPUs", config.Placement.ReservedCpus);
        Texts(json, "enforceNodeAllocatable", config.EnforceNodeAllocatable);
        Texts(json, "allowedUnsafeSysctls", config.AllowedUnsafeSysctls);
        json.WriteString("volumePluginDir", "/usr/libexec/kubernetes/kubelet-plugins/volume/exec/");
        Text(json, "providerID", config.ProviderId);
        WriteLogging(json);
        json.WriteBoolean("enableSystemLogHandler", config.Server?.SystemLogDirectory is not null);
        json.WriteBoolean("enableSystemLogQuery", config.Server?.AnswersLogQueries ?? false);
        Span(json, "shutdownGracePeriod", config.Shutdown.GracePeriod);
        Span(json, "shutdownGracePeriodCriticalPods", config.Shutdown.CriticalGracePeriod);
        if (config.Shutdown.SecondsByPriority.Count > 0)
        {
            json.WriteStartArray("shutdownGracePeriodByPodPriority");
            foreach ((int priority, long seconds) in config.Shutdown.SecondsByPriority.OrderBy(one => one.Key))
            {
                json.WriteStartObject();
                json.WriteNumber("priority", priority);
                json.WriteNumber("shutdownGracePeriodSeconds", seconds);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        json.WriteStartObject("crashLoopBackOff");
        Span(json, "maxContainerRestartPeriod", config.MaxContainerRestartPeriod);
        json.WriteEndObject();
        json.WriteBoolean("enableProfilingHandler", config.Server?.ServesProfiling ?? true);
        json.WriteBoolean("enableDebugFlagsHandler", config.Server?.ServesDebugFlags ?? true);
        json.WriteBoolean("seccompDefault", config.DefaultSeccomp);
        json.WriteNumber("memoryThrottlingFactor", 0.9);
        json.WriteBoolean("registerNode", config.Registers);
        json.WriteBoolean("localStorageCapacityIsolation", config.Eviction.HasLocalStorageLimits);
        json.WriteString("containerRuntimeEndpoint", runtimeEndpoint);
        json.WriteBoolean("failCgroupV1", false);
        json.WriteStartObject("userNamespaces");
        json.WriteNumber("idsPerPod", config.IdsPerPod);
        json.WriteEndObject();
    }

    private static void WriteLogging(Utf8JsonWriter json)
    {
        json.WriteStartObject("logging");
        json.WriteString("format", "text");
        json.WriteString("flushFrequency", "5s");
        json.WriteNumber("verbosity", 0);
        json.WriteStartObject("options");
        foreach (string format in (ReadOnlySpan<string>)["text", "json"])
        {
            json.WriteStartObject(format);
            json.WriteString("infoBufferSize", "0");
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Span(Utf8JsonWriter json, string name, TimeSpan span) =>
        json.WriteString(name, GoDuration.Format(span));

    private static void Text(Utf8JsonWriter json, string name, string text)
    {
        if (text.Length > 0)
        {
            json.WriteString(name, text);
        }
    }

    private static void Texts(Utf8JsonWriter json, string name, IReadOnlyCollection<string> texts)
    {
        if (texts.Count == 0)
        {
            return;
        }

        json.WriteStartArray(name);
        foreach (string one in texts)
        {
            json.WriteStringValue(one);
        }

        json.WriteEndArray();
    }

    private static void Pairs(Utf8JsonWriter json, string name, IReadOnlyDictionary<string, string> pairs)
    {
        if (pairs.Count == 0)
        {
            return;
        }

        json.WriteStartObject(name);
        foreach ((string key, string value) in pairs.OrderBy(static one => one.Key, StringComparer.Ordinal))
        {
            json.WriteString(key, value);
        }

        json.WriteEndObject();
    }
}
