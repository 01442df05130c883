using System.Text.Json;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Wire;
using Keelson.Machinery.Yaml;

namespace Keelson.Scheduler.Config;

/// <summary>
/// Reads <c>--config</c>: a <c>KubeSchedulerConfiguration</c> of <c>kubescheduler.config.k8s.io/v1</c>, YAML or JSON.
/// </summary>
public static class KubeSchedulerConfigurationFile
{
    private const string ApiVersion = "kubescheduler.config.k8s.io/v1";
    private const string Kind = "KubeSchedulerConfiguration";

    /// <summary>Reads a file.</summary>
    /// <exception cref="SchedulerConfigException">It can't be read or used.</exception>
    public static KubeSchedulerConfiguration Read(string path)
    {
        try
        {
            return Parse(File.ReadAllBytes(path));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or SchedulerConfigException)
        {
            throw new SchedulerConfigException($"{path}: {error.Message}");
        }
    }

    /// <summary>Reads the contents of a file.</summary>
    /// <exception cref="SchedulerConfigException">They can't be used.</exception>
    public static KubeSchedulerConfiguration Parse(byte[] text)
    {
        FieldErrors errors = new();
        KubeSchedulerConfiguration config;
        try
        {
            List<string> strict = [];
            using JsonDocument document = JsonDocument.Parse(YamlReader.ToJson(text, strict));
            if (strict.Count > 0)
            {
                throw new SchedulerConfigException(YamlReader.StrictError(strict));
            }

            ConfigNode root = new(document.RootElement, null, errors);
            CheckKind(root);
            config = Config(root);
        }
        catch (Exception error) when (error is JsonException or DecodeException)
        {
            throw new SchedulerConfigException(error.Message);
        }

        if (errors.Count == 0)
        {
            SchedulerConfigValidation.Validate(config, errors);
        }

        return errors.Count == 0 ? config : throw new SchedulerConfigException(Text(errors));
    }

    private static string Text(FieldErrors errors) => errors.Count == 1
        ? errors.All[0].ToString()
        : $"[{string.Join(", ", errors.All)}]";

    private static void CheckKind(ConfigNode root)
    {
        string version = root["apiVersion"].Text();
        string kind = root["kind"].Text();
        if (version != ApiVersion || kind != Kind)
        {
            throw new SchedulerConfigException(
                $"no kind {GoText.Quote(kind)} is registered for version {GoText.Quote(version)} "
                + $"(known: {Kind} of {ApiVersion})");
        }
    }

    private static KubeSchedulerConfiguration Config(ConfigNode root)
    {
        root.Known(
            "apiVersion", "kind", "parallelism", "leaderElection", "clientConnection", "enableProfiling",
            "enableContentionProfiling",
            "percentageOfNodesToScore", "podInitialBackoffSeconds", "podMaxBackoffSeconds", "profiles", "extenders",
            "delayCacheUntilActive");
        IReadOnlyList<ConfigNode> profiles = root["profiles"].Items();
        return new()
        {
            Parallelism = root["parallelism"].Int32(16),
            PercentageOfNodesToScore = root["percentageOfNodesToScore"].Int32(0),
            PodInitialBackoff = TimeSpan.FromSeconds(root["podInitialBackoffSeconds"].Int32(1)),
            PodMaxBackoff = TimeSpan.FromSeconds(root["podMaxBackoffSeconds"].Int32(10)),
            Profiles = profiles.Count == 0 ? [new()] : [.. profiles.Select(one => Profile(one, profiles.Count == 1))],
            Extenders = [.. root["extenders"].Items().Select(Extender)],
            ClientConnection = Connection(root["clientConnection"]),
            LeaderElection = Election(root["leaderElection"]),
        };
    }

    private static SchedulerClientConnection Connection(ConfigNode node)
    {
        node.Known("kubeconfig", "acceptContentTypes", "contentType", "qps", "burst");
        return new(node["kubeconfig"].Text());
    }

    private static SchedulerLeaderElection Election(ConfigNode node)
    {
        node.Known(
            "leaderElect", "leaseDuration", "renewDeadline", "retryPeriod", "resourceLock", "resourceName",
            "resourceNamespace");
        return new()
        {
            LeaderElect = node["leaderElect"].Truth(true),
            LeaseDuration = node["leaseDuration"].Duration(TimeSpan.FromSeconds(15)),
            RenewDeadline = node["renewDeadline"].Duration(TimeSpan.FromSeconds(10)),
            RetryPeriod = node["retryPeriod"].Duration(TimeSpan.FromSeconds(2)),
            ResourceLock = node["resourceLock"].Text("leases"),
            ResourceName = node["resourceName"].Text("kube-scheduler"),
            ResourceNamespace = node["resourceNamespace"].Text("kube-system"),
        };
    }

    private static SchedulerProfile Profile(ConfigNode node, bool isOnly)
    {
        node.Known("schedulerName", "percentageOfNodesToScore", "plugins", "pluginConfig");
        ConfigNode plugins = node["plugins"];
        plugins.Known([.. ExtensionPoints.Names, ExtensionPoints.MultiPoint]);
        Dictionary<string, PluginArgs> args = new(StringComparer.Ordinal);
        foreach (ConfigNode one in node["pluginConfig"].Items())
        {
            one.Known("name", "args");
            string name = one["name"].Text();
            if (PluginArgsReader.Read(name, one["args"]) is { } read && !args.TryAdd(name, read))
            {
                node.Errors.Duplicate(one.Path, name);
            }
        }

        return new()
        {
            // Only a profile that is alone may leave its name out.
            SchedulerName = node["schedulerName"].Text(isOnly ? SchedulerProfile.DefaultName : ""),
            PercentageOfNodesToScore = node["percentageOfNodesToScore"] is { IsThere: true } percentage
                ? percentage.Int32(0) : null,
            Plugins = plugins.Fields()
                .ToDictionary(static one => one.Name, static one => Set(one.Node), StringComparer.Ordinal),
            PluginConfig = args,
        };
    }

    private static PluginSet Set(ConfigNode node)
    {
        node.Known("enabled", "disabled");
        return new(
            [.. node["enabled"].Items().Select(Choice)],
            [.. node["disabled"].Items().Select(static one => Choice(one).Name)]);
    }

    private static PluginChoice Choice(ConfigNode node)
    {
        node.Known("name", "weight");
        return new(node["name"].Text(), node["weight"].Int32(0));
    }

    private static ExtenderConfig Extender(ConfigNode node)
    {
        node.Known(
            "urlPrefix", "filterVerb", "preemptVerb", "prioritizeVerb", "weight", "bindVerb", "enableHTTPS",
            "tlsConfig", "httpTimeout",
            "nodeCacheCapable", "managedResources", "ignorable");
        TimeSpan timeout = node["httpTimeout"].Duration(TimeSpan.Zero);
        return new()
        {
            UrlPrefix = node["urlPrefix"].Text(),
            FilterVerb = node["filterVerb"].Text(),
            PreemptVerb = node["preemptVerb"].Text(),
            PrioritizeVerb = node["prioritizeVerb"].Text(),
            BindVerb = node["bindVerb"].Text(),
            Weight = node["weight"].Integer(0),
            EnableHttps = node["enableHTTPS"].Truth(),
            Tls = node["tlsConfig"] is { IsThere: true } tls ? Tls(tls) : null,
            HttpTimeout = timeout > TimeSpan.Zero ? timeout : ExtenderConfig.DefaultTimeout,
            NodeCacheCapable = node["nodeCacheCapable"].Truth(),
            ManagedResources = [.. node["managedResources"].Items().Select(static one =>
            {
                one.Known("name", "ignoredByScheduler");
                return new ExtenderManagedResource(one["name"].Text(), one["ignoredByScheduler"].Truth());
            })],
            Ignorable = node["ignorable"].Truth(),
        };
    }

    private static ExtenderTlsConfig Tls(ConfigNode node)
    {
        node.Known("insecure", "serverName", "certFile", "keyFile", "caFile", "certData", "keyData", "caData");
        return new()
        {
            Insecure = node["insecure"].Truth(),
            ServerName = node["serverName"].Text(),
            CertificatePem = Pem(node["certData"], node["certFile"]),
            KeyPem = Pem(node["keyData"], node["keyFile"]),
            AuthorityPem = Pem(node["caData"], node["caFile"]),
        };
    }

    /// <summary>What stands in the file itself counts for more than what it refers to.</summary>
    private static string Pem(ConfigNode data, ConfigNode file)
    {
        try
        {
            if (data.IsThere)
            {
                return System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(data.Text()));
            }

            return file.IsThere ? File.ReadAllText(file.Text()) : "";
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or FormatException)
        {
            (data.IsThere ? data : file)
                .Errors.Invalid((data.IsThere ? data : file).Path, file.IsThere ? file.Text() : "", error.Message);
            return "";
        }
    }
}
