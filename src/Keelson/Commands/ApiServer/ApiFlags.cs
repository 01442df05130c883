using System.Net;
using System.Net.Sockets;
using System.Text;
using Keelson.Api.Kinds;
using Keelson.Cluster.Files;
using Keelson.Flags;
using Keelson.Machinery.Trees;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Yaml;
using Keelson.Server;
using IPNetwork = System.Net.IPNetwork;

namespace Keelson.Commands.ApiServer;

/// <summary>What may be done, and what objects have to go through.</summary>
internal sealed class PolicyFlags(FlagSection authorization, FlagSection admission, FlagSection misc)
{
    private static readonly string[] Modes = ["AlwaysAllow", "AlwaysDeny", "ABAC", "Webhook", "RBAC", "Node"];

    public Flag<IReadOnlyList<string>> AuthorizationModes { get; } = authorization.Texts("authorization-mode",
        "The authorizers, in order: AlwaysAllow, AlwaysDeny, RBAC, Node. Default: AlwaysAllow.");

    public Flag<IReadOnlyList<string>> EnabledPlugins { get; } = admission.Texts("enable-admission-plugins",
        "Admission plugins to run besides those that run by default. The order means nothing.");

    public Flag<IReadOnlyList<string>> DisabledPlugins { get; } = admission.Texts("disable-admission-plugins",
        "Admission plugins not to run although they do by default. The order means nothing.");

    public Flag<string> PluginConfig { get; } = admission.Text("admission-control-config-file", "",
        "An AdmissionConfiguration. It may name plugins without a configuration of their own.");

    public Flag<bool> AllowPrivileged { get; } = misc.Switch(
        "allow-privileged", false, "Let pods ask for privileged containers.");

    /// <summary>The authorizers.</summary>
    public IReadOnlyList<string> EffectiveModes =>
        AuthorizationModes.Value.Count > 0 ? AuthorizationModes.Value : ["AlwaysAllow"];

    /// <summary>Adds what is wrong with the values.</summary>
    public void Validate(List<string> errors)
    {
        foreach (string mode in EffectiveModes)
        {
            if (!Modes.Contains(mode))
            {
                errors.Add($"authorization-mode {GoText.Quote(mode)} is not a valid mode");
            }
            else if (mode is "ABAC" or "Webhook")
            {
                errors.Add($"--authorization-mode={mode}: this mode comes with a later version; use RBAC and Node");
            }
        }

        if (EffectiveModes.Distinct(StringComparer.Ordinal).Count() != EffectiveModes.Count)
        {
            errors.Add($"authorization-mode [{string.Join(' ', EffectiveModes.Select(GoText.Quote))}] has mode specified more than once");
        }

        errors.AddRange(EnabledPlugins.Value.Where(IsUnknown).Select(one => $"enable-admission-plugins plugin {GoText.Quote(one)} is unknown"));
        errors.AddRange(DisabledPlugins.Value.Where(IsUnknown).Select(one => $"disable-admission-plugins plugin {GoText.Quote(one)} is unknown"));
        string[] both = [.. EnabledPlugins.Value.Intersect(DisabledPlugins.Value, StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        if (both.Length > 0)
        {
            errors.Add(
                $"[{string.Join(' ', both)}] in enable-admission-plugins and disable-admission-plugins overlapped");
        }
    }

    /// <summary>Reads the configuration of admission plugins, of which none is to be found in it.</summary>
    /// <exception cref="FlagException">The file can't be read, or has what is not supported.</exception>
    public void CheckPluginConfig()
    {
        if (PluginConfig.Value.Length > 0)
        {
            PluginConfig.Read(path => CheckPluginConfig(PemFiles.ReadText(path)));
        }
    }

    private static bool CheckPluginConfig(string text)
    {
        if (YamlReader.Read(Encoding.UTF8.GetBytes(text)) is not ObjectTree root
            || Text(root, "kind") != "AdmissionConfiguration"
            || Text(root, "apiVersion") is not ("apiserver.config.k8s.io/v1" or "apiserver.k8s.io/v1alpha1" or "apiserver.config.k8s.io/v1alpha1"))
        {
            throw new FormatException("unable to read admission control configuration: no AdmissionConfiguration of apiserver.config.k8s.io/v1");
        }

        foreach (ObjectTree plugin in (root["plugins"] as ListTree)?.Items.OfType<ObjectTree>() ?? [])
        {
            string name = Text(plugin, "name");
            if (IsUnknown(name))
            {
                throw new FormatException(
                    $"unable to read admission control configuration: plugin {GoText.Quote(name)} is unknown");
            }

            if (plugin["configuration"] is not (null or NullTree) || Text(plugin, "path").Length > 0)
            {
                throw new FormatException($"a configuration of the plugin {name} comes with a later version");
            }
        }

        return true;
    }

    private static string Text(ObjectTree tree, string field) => tree[field] is TextTree text ? text.Value : "";

    private static bool IsUnknown(string plugin) => !ApiServerConfig.KnownAdmissionPlugins.Contains(plugin);
}

/// <summary>Which APIs are served.</summary>
internal sealed class ApiEnablementFlags(FlagSection flags)
{
    private static readonly string[] Wholes = ["api/all", "api/ga", "api/beta", "api/alpha", "api/legacy"];

    public Flag<IReadOnlyDictionary<string, string>> RuntimeConfig { get; } = flags.Of("runtime-config", FlagForms.Pairs,
        new Dictionary<string, string>(),
        "APIs to switch on or off: group/version=true|false, group/version/resource=true|false, v1=true|false for the core group, and "
        + "api/all, api/ga, api/beta, api/alpha for many at once.");

    /// <summary>Adds what is wrong with the values.</summary>
    public void Validate(List<string> errors)
    {
        IReadOnlyDictionary<string, string> config = RuntimeConfig.Value;
        if (config.Count == 1 && config.TryGetValue("api/all", out string? all) && all == "false")
        {
            errors.Add("invalid key with only api/all=false");
            return;
        }

        SortedSet<string> unknown = new(StringComparer.Ordinal);
        foreach ((string key, string value) in config)
        {
            string[] parts = Parts(key);
            if (value is not ("" or "true" or "false" or "1" or "0" or "t" or "f" or "T" or "F" or "TRUE" or "FALSE" or "True" or "False"))
            {
                errors.Add($"invalid value of {key}: {value}, err: strconv.ParseBool: parsing {GoText.Quote(value)}: invalid syntax");
            }
            else if (!Wholes.Contains(key) && parts.Length is not (2 or 3))
            {
                errors.Add($"runtime-config invalid key {key}");
            }
            else if (!Wholes.Contains(key) && ApiKinds.All.All(kind => kind.Info.Group != parts[0]))
            {
                unknown.Add(parts[0]);
            }
            else if (!Wholes.Contains(key)
                && ApiKinds.All.All(kind => kind.Info.Group != parts[0] || kind.Info.Version != parts[1]))
            {
                errors.Add($"--runtime-config: group version {parts[0]}/{parts[1]} that has not been registered");
            }
        }

        if (unknown.Count > 0)
        {
            errors.Add($"unknown api groups {string.Join(',', unknown)}");
        }
    }

    /// <summary>What is switched off: what names many first, then versions, then resources.</summary>
    public DisabledApis ToConfig()
    {
        HashSet<(string, string)> versions = [];
        HashSet<(string, string, string)> resources = [];
        foreach (string whole in Wholes.Where(RuntimeConfig.Value.ContainsKey))
        {
            foreach (KindInfo kind in ApiKinds.All.Select(kind => kind.Info).Where(kind => IsPartOf(whole, kind.Version)))
            {
                Switch(versions, (kind.Group, kind.Version), IsOn(whole));
            }
        }

        foreach (string key in RuntimeConfig.Value.Keys.Except(Wholes))
        {
            string[] parts = Parts(key);
            if (parts.Length == 2)
            {
                Switch(versions, (parts[0], parts[1]), IsOn(key));
            }
            else
            {
                Switch(resources, (parts[0], parts[1], parts[2]), IsOn(key));
            }
        }

        return new DisabledApis(versions, resources);
    }

    private static void Switch<T>(HashSet<T> off, T item, bool isOn)
    {
        if (isOn)
        {
            off.Remove(item);
        }
        else
        {
            off.Add(item);
        }
    }

    private static bool IsPartOf(string whole, string version)
    {
        bool isBeta = version.Contains("beta", StringComparison.Ordinal);
        bool isAlpha = version.Contains("alpha", StringComparison.Ordinal);
        return whole switch
        {
            "api/all" => true,
            "api/ga" => !isBeta && !isAlpha,
            "api/beta" => isBeta,
            "api/alpha" => isAlpha,
            _ => false,
        };
    }

    private static string[] Parts(string key) =>
        (key == "v1" || key.StartsWith("v1/", StringComparison.Ordinal) ? "/" + key
            : key.StartsWith("api/v1", StringComparison.Ordinal) ? key[3..] : key).Split('/');

    private bool IsOn(string key) => RuntimeConfig.Value[key] is "" or "true" or "1" or "t" or "T" or "TRUE" or "True";
}

/// <summary>The addresses and ports of services, and how long events are kept.</summary>
internal sealed class ServiceFlags(FlagSection flags)
{
    private const int MostBits = 20;

    public Flag<string> ClusterRange { get; } = flags.Text("service-cluster-ip-range", "",
        "The addresses of services: one range, or two of different families, comma-separated. Default: 10.0.0.0/24.");

    public Flag<(int First, int Last)> NodePorts { get; } = flags.Of("service-node-port-range", FlagForms.Ports, (30000, 32767),
        "The ports of nodes that services may take. Example: '30000-32767'. Inclusive at both ends.");

    public Flag<TimeSpan> EventTtl { get; } = flags.Duration(
        "event-ttl", TimeSpan.FromHours(1), "How long events are kept.");

    /// <summary>The ranges, in the canonical form.</summary>
    public IReadOnlyList<string> Ranges { get; private set; } = ["10.0.0.0/24"];

    /// <summary>The first address of the first range: that of the service <c>kubernetes</c>.</summary>
    public string FirstAddress => ServiceRanges.First(IPNetwork.Parse(Ranges[0])).ToString();

    /// <summary>Adds what is wrong with the values.</summary>
    public void Validate(List<string> errors)
    {
        string value = ClusterRange.Value;
        if (value.Length > 0)
        {
            string[] parts = value.Split(',');
            int before = errors.Count;
            IPNetwork[] ranges = [.. parts.Select((part, index) => Parse(part.Trim(), index, errors))];
            if (parts.Length > 2)
            {
                errors.Add($"--service-cluster-ip-range must not contain more than two entries: {value}");
            }
            else if (errors.Count == before)
            {
                CheckFamilies(ranges, errors);
                Ranges = [.. ranges.Select(range => range.ToString())];
            }
        }

        if (EventTtl.Value < TimeSpan.Zero)
        {
            errors.Add("--event-ttl can not be negative value");
        }
    }

    private static void CheckFamilies(IPNetwork[] ranges, List<string> errors)
    {
        if (ranges.Length == 2 && ranges[0].BaseAddress.AddressFamily == ranges[1].BaseAddress.AddressFamily)
        {
            errors.Add(
                "--service-cluster-ip-range[0] and --service-cluster-ip-range[1] must be of different IP family");
        }
    }

    private static IPNetwork Parse(string text, int index, List<string> errors)
    {
        int slash = text.IndexOf('/');
        if (slash < 0 || !IPAddress.TryParse(text[..slash], out IPAddress? address)
            || !int.TryParse(text.AsSpan(slash + 1), System.Globalization.NumberStyles.None, null, out int prefix)
            || prefix > address.GetAddressBytes().Length * 8)
        {
            errors.Add((index == 0 ? "service-cluster-ip-range[0] is not a valid cidr" : $"service-cluster-ip-range[{index}] is not an ip net")
                + ": " + GoText.Quote(text));
            return default;
        }

        int bits = address.AddressFamily == AddressFamily.InterNetworkV6 ? 128 : 32;
        string flag = index == 0 ? "--service-cluster-ip-range" : $"--service-cluster-ip-range[{index}]";
        if (bits - prefix > MostBits)
        {
            errors.Add(
                $"specified {flag} is too large; for {bits}-bit addresses, the mask must be >= {bits - MostBits}");
        }
        else if (bits - prefix < 3)
        {
            errors.Add($"{(index == 0 ? "error determining service IP ranges for primary service cidr" : "error determining service IP ranges for secondary service cidr")}: "
                + "the service cluster IP range must be at least 8 IP addresses");
        }

        return new IPNetwork(ServiceRanges.Mask(address, prefix), prefix);
    }
}

/// <summary>Arithmetic of address ranges.</summary>
internal static class ServiceRanges
{
    /// <summary>The first address of a range that a service may have.</summary>
    public static IPAddress First(IPNetwork range)
    {
        byte[] bytes = range.BaseAddress.GetAddressBytes();
        bytes[^1]++;
        return new IPAddress(bytes);
    }

    /// <summary>An address with only its first bits.</summary>
    public static IPAddress Mask(IPAddress address, int bits)
    {
        byte[] bytes = address.GetAddressBytes();
        for (int i = 0; i < bytes.Length; i++)
        {
            int kept = Math.Clamp(bits - (i * 8), 0, 8);
            bytes[i] &= (byte)(0xFF << (8 - kept));
        }

        return new IPAddress(bytes);
    }
}
