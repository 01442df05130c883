using System.Text;
using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;
using Keelson.Machinery.Wire;

namespace Keelson.Api.Tests.Core.V1;

using Pod = Keelson.Api.Core.V1.Pod;

/// <summary>Takes pods the way of a request; texts are JSON with single quotes.</summary>
internal static class PodCase
{
    public static Time Now { get; } = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));

    private static WriteContext Context { get; } = new(Now, "jane");

    /// <summary>A pod named p with this spec, defaulted; a container is added where the spec names none.</summary>
    public static Pod Read(string spec, string metadata = "", string status = "{}")
    {
        string containers = spec.Contains("'containers'", StringComparison.Ordinal)
            ? ""
            : "'containers':[{'name':'c','image':'nginx'}]";
        string comma = containers.Length > 0 && spec.Length > 0 ? "," : "";
        string json = $"{{'metadata':{{'name':'p','namespace':'n'{metadata}}},'spec':{{{containers}{comma}{spec}}},'status':{status}}}";
        JsonDecoder decoder = new(Encoding.UTF8.GetBytes(json.Replace('\'', '"')));
        return Pod.SetDefaults(Pod.ReadJson(ref decoder));
    }

    /// <summary>The pod as it would be stored first.</summary>
    public static Pod Create(string spec, string metadata = "") => Pod.PrepareForCreate(Read(spec, metadata), Context);

    /// <summary>What is wrong with a new pod.</summary>
    public static string[] CreateErrors(string spec, string metadata = "")
    {
        FieldErrors errors = new();
        Pod.Validate(Create(spec, metadata), errors);
        return [.. errors.All.Select(one => one.ToString())];
    }

    /// <summary>What is wrong with changing the one spec into the other.</summary>
    public static string[] UpdateErrors(string oldSpec, string newSpec)
    {
        FieldErrors errors = new();
        Pod old = Create(oldSpec);
        Pod.ValidateUpdate(Pod.PrepareForUpdate(Read(newSpec), old, Context), old, errors);
        return [.. errors.All.Select(one => one.ToString())];
    }

    /// <summary>Writes to a subresource.</summary>
    public static (Pod Written, string[] Errors) Write(string subresource, Pod pod, Pod old)
    {
        FieldErrors errors = new();
        SubresourceStrategy<Pod> strategy = Pod.Subresources.Single(one => one.Name == subresource);
        Pod written = strategy.Prepare(pod, old, Context);
        strategy.Validate(written, old, errors);
        return (written, [.. errors.All.Select(one => one.ToString())]);
    }
}
