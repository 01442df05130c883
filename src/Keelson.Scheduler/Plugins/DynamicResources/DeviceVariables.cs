using Keelson.Api.Resource.V1;
using Keelson.Machinery.Cel;
using Keelson.Machinery.Values;

namespace Keelson.Scheduler.Plugins.DynamicResources;

/// <summary>What selectors see of a device: <c>device.attributes["domain"].name</c>.</summary>
internal static class DeviceVariables
{
    private static readonly CelMap Nothing = CelMap.Of(new Dictionary<string, CelValue>());

    /// <summary>The functions and the variable of selectors.</summary>
    public static CelEnvironment Environment { get; } =
        CelEnvironment.Standard.WithKubernetes().WithVariables("device");

    /// <summary>The variables; null when an attribute can't be read, with upstream's words for it.</summary>
    public static IReadOnlyDictionary<string, CelValue>? Of(Device device, string driver, out string? problem)
    {
        Dictionary<string, Dictionary<string, CelValue>> attributes = new(StringComparer.Ordinal);
        foreach ((string name, DeviceAttribute attribute) in device.Attributes)
        {
            if (ValueOf(attribute, out problem) is not { } value)
            {
                problem = $"attribute {name}: {problem}";
                return null;
            }

            Add(attributes, name, driver, value);
        }

        Dictionary<string, Dictionary<string, CelValue>> capacity = new(StringComparer.Ordinal);
        foreach ((string name, DeviceCapacity one) in device.Capacity)
        {
            Add(capacity, name, driver, new CelQuantity(one.Value));
        }

        problem = null;
        return new Dictionary<string, CelValue>(StringComparer.Ordinal)
        {
            ["device"] = CelMap.Of(new Dictionary<string, CelValue>(StringComparer.Ordinal)
            {
                ["driver"] = new CelString(driver),
                ["attributes"] = ByDomain(attributes),
                ["capacity"] = ByDomain(capacity),
                ["allowMultipleAllocations"] = CelBool.Of(device.AllowMultipleAllocations == true),
            }),
        };
    }

    /// <summary>Domains that a device has nothing of are there, and empty.</summary>
    private static CelMap ByDomain(Dictionary<string, Dictionary<string, CelValue>> domains) => CelMap.WithDefault(
        domains.ToDictionary(
            static one => one.Key, static CelValue (one) => CelMap.Of(one.Value), StringComparer.Ordinal),
        Nothing);

    private static void Add(
        Dictionary<string, Dictionary<string, CelValue>> domains, string name, string driver, CelValue value)
    {
        int slash = name.IndexOf('/', StringComparison.Ordinal);
        string domain = slash < 0 ? driver : name[..slash];
        if (!domains.TryGetValue(domain, out Dictionary<string, CelValue>? entries))
        {
            domains.Add(domain, entries = new(StringComparer.Ordinal));
        }

        entries[slash < 0 ? name : name[(slash + 1)..]] = value;
    }

    private static CelValue? ValueOf(DeviceAttribute attribute, out string? problem)
    {
        problem = null;
        if (attribute.Version is { } version)
        {
            return VersionOf(version, out problem);
        }

        CelValue? value = attribute switch
        {
            { Int: { } number } => new CelInt(number),
            { Bool: { } truth } => CelBool.Of(truth),
            { String: { } text } => new CelString(text),
            { Ints.Count: > 0 } => new CelList([.. attribute.Ints.Select(static one => new CelInt(one))]),
            { Bools.Count: > 0 } => new CelList([.. attribute.Bools.Select(static one => CelBool.Of(one))]),
            { Strings.Count: > 0 } => new CelList([.. attribute.Strings.Select(static one => new CelString(one))]),
            _ => null,
        };
        problem = value is null ? "unsupported attribute value" : null;
        return value;
    }

    private static CelSemver? VersionOf(string text, out string? problem)
    {
        bool isRead = SemanticVersion.TryParse(text, normalize: false, out SemanticVersion? version, out problem);
        problem = isRead ? null : "parse semantic version: " + problem;
        return isRead ? new CelSemver(version!) : null;
    }
}
