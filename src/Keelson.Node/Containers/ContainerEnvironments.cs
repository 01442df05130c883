using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Client.Informers;
using Keelson.Machinery.Values;
using Keelson.Nodes.Objects;

namespace Keelson.Nodes.Containers;

/// <summary>Works out the variables that containers are started with.</summary>
internal sealed class ContainerEnvironments : IContainerEnvironments
{
    private const string SourceAnnotation = "kubernetes.io/config.source";
    private static readonly TimeSpan ServicesWait = TimeSpan.FromSeconds(1);

    private readonly NodeContext _context;
    private readonly ReferencedObjects _objects;
    private readonly OwnNode _node;
    private readonly EnvironmentFiles _files;
    private readonly IInformer<Service> _services;

    /// <summary>The variables of the containers of a node.</summary>
    /// <param name="context">The node.</param>
    /// <param name="objects">Config maps and secrets.</param>
    /// <param name="node">The node's own object.</param>
    public ContainerEnvironments(NodeContext context, ReferencedObjects objects, OwnNode node)
    {
        _context = context;
        _objects = objects;
        _node = node;
        _files = new(context);
        _services = context.Informers.Of<Service>();
    }

    /// <inheritdoc/>
    public async Task<ContainerEnvironment> OfAsync(
        Pod pod, Container container, IReadOnlyList<string> podAddresses, CancellationToken cancellationToken)
    {
        bool isStatic = pod.Metadata.Annotations.GetValueOrDefault(SourceAnnotation, "api") != "api";
        if (!isStatic && !await HasServicesAsync(cancellationToken))
        {
            return Failed("services have not yet been read at least once, cannot construct envvars");
        }

        VariableSet variables = new(ServiceVariables.Of(
            _services.List(), pod.Metadata.Namespace, pod.Spec.EnableServiceLinks ?? true));
        foreach (EnvFromSource source in container.EnvFrom.AsEnumerable())
        {
            if (await AddAllAsync(variables, pod, source, cancellationToken) is { } error)
            {
                return Failed(error);
            }
        }

        foreach (EnvVar variable in container.Env.AsEnumerable())
        {
            (string? value, string? error) = variable switch
            {
                { Value.Length: > 0 } => (VariableExpansion.Expand(variable.Value, variables.Find), null),
                { ValueFrom: { } source } =>
                    await FromAsync(pod, container, source, podAddresses, cancellationToken),
                _ => ("", null),
            };
            if (error is not null)
            {
                return Failed(error);
            }

            // An optional value that is not there leaves what envFrom or nothing gave the name.
            if (value is not null)
            {
                variables.Set(variable.Name, value);
            }
        }

        return new(variables.InOrder(), null);
    }

    private static ContainerEnvironment Failed(string error) => new([], error);

    private async ValueTask<bool> HasServicesAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _services.Synced.WaitAsync(ServicesWait, _context.Clock, cancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private async ValueTask<string?> AddAllAsync(
        VariableSet variables, Pod pod, EnvFromSource source, CancellationToken cancellationToken)
    {
        if (source.ConfigMapRef is { } mapReference)
        {
            ApiResult<ConfigMap> read = await _objects.GetAsync<ConfigMap>(
                pod, mapReference.LocalObjectReference.Name, cancellationToken);
            if (!read.TryGet(out ConfigMap? map, out Status? error))
            {
                return ErrorUnless(mapReference.Optional, error);
            }

            foreach (KeyValuePair<string, string> pair in map.Data)
            {
                variables.Set(source.Prefix + pair.Key, pair.Value);
            }
        }
        else if (source.SecretRef is { } secretReference)
        {
            ApiResult<Secret> read = await _objects.GetAsync<Secret>(
                pod, secretReference.LocalObjectReference.Name, cancellationToken);
            if (!read.TryGet(out Secret? secret, out Status? error))
            {
                return ErrorUnless(secretReference.Optional, error);
            }

            foreach (KeyValuePair<string, Bytes> pair in secret.Data)
            {
                variables.Set(source.Prefix + pair.Key, pair.Value.ToText());
            }
        }

        return null;
    }

    private static string? ErrorUnless(bool? optional, Status error) =>
        optional == true && error.Code == 404 ? null : error.Message;

    private async ValueTask<(string? Value, string? Error)> FromAsync(
        Pod pod,
        Container container,
        EnvVarSource source,
        IReadOnlyList<string> podAddresses,
        CancellationToken cancellationToken)
    {
        switch (source)
        {
            case { FieldRef: { } field }:
                return await FieldAsync(pod, field.FieldPath, podAddresses, cancellationToken);
            case { ResourceFieldRef: { } resource }:
                ApiMap<Quantity> allocatable = await _node.AllocatableAsync(cancellationToken);
                DownwardValue amount = resource.ContainerName.Length == 0 || resource.ContainerName == container.Name
                    ? DownwardFields.OfResource(pod, container, resource, allocatable)
                    : DownwardFields.OfResource(pod, resource, allocatable);
                return (amount.Text, amount.Error);
            case { ConfigMapKeyRef: { } key }:
                return await KeyAsync(pod, key, cancellationToken);
            case { SecretKeyRef: { } key }:
                return await KeyAsync(pod, key, cancellationToken);
            case { FileKeyRef: { } file }:
                return _files.Find(pod, file);
            default:
                return ("", null);
        }
    }

    private async ValueTask<(string? Value, string? Error)> FieldAsync(
        Pod pod, string path, IReadOnlyList<string> podAddresses, CancellationToken cancellationToken)
    {
        switch (path)
        {
            case "spec.nodeName":
                return (pod.Spec.NodeName, null);
            case "spec.serviceAccountName":
                return (pod.Spec.ServiceAccountName, null);
            case "status.podIP":
                return (podAddresses.Count > 0 ? podAddresses[0] : "", null);
            case "status.podIPs":
                return (string.Join(',', podAddresses), null);
            case "status.hostIP" or "status.hostIPs":
                string[] addresses = await HostAddressesAsync(pod, cancellationToken);
                return (path == "status.hostIP" ? addresses.FirstOrDefault("") : string.Join(',', addresses), null);
            default:
                DownwardValue value = DownwardFields.OfMetadata(pod, path);
                return (value.Text, value.Error);
        }
    }

    private async ValueTask<string[]> HostAddressesAsync(Pod pod, CancellationToken cancellationToken)
    {
        if (await _node.GetAsync(cancellationToken) is { } node)
        {
            string[] addresses = node.Status.Addresses
                .Where(static one => one.Type == NodeAddressType.InternalIP)
                .Select(static one => one.Address)
                .ToArray();
            if (addresses.Length > 0)
            {
                return addresses;
            }
        }

        return pod.Status.HostIPs.Count > 0
            ? [.. pod.Status.HostIPs.Select(static one => one.Ip)]
            : pod.Status.HostIP.Length > 0 ? [pod.Status.HostIP] : [];
    }

    private async ValueTask<(string? Value, string? Error)> KeyAsync(
        Pod pod, ConfigMapKeySelector selector, CancellationToken cancellationToken)
    {
        string name = selector.LocalObjectReference.Name;
        ApiResult<ConfigMap> read = await _objects.GetAsync<ConfigMap>(pod, name, cancellationToken);
        if (!read.TryGet(out ConfigMap? map, out Status? error))
        {
            return (null, ErrorUnless(selector.Optional, error));
        }

        return map.Data.TryGetValue(selector.Key, out string? value)
            ? (value, null)
            : (null, Missing(selector.Optional, selector.Key, $"ConfigMap {pod.Metadata.Namespace}/{name}"));
    }

    private async ValueTask<(string? Value, string? Error)> KeyAsync(
        Pod pod, SecretKeySelector selector, CancellationToken cancellationToken)
    {
        string name = selector.LocalObjectReference.Name;
        ApiResult<Secret> read = await _objects.GetAsync<Secret>(pod, name, cancellationToken);
        if (!read.TryGet(out Secret? secret, out Status? error))
        {
            return (null, ErrorUnless(selector.Optional, error));
        }

        return secret.Data.TryGetValue(selector.Key, out Bytes value)
            ? (value.ToText(), null)
            : (null, Missing(selector.Optional, selector.Key, $"Secret {pod.Metadata.Namespace}/{name}"));
    }

    private static string? Missing(bool? optional, string key, string where) =>
        optional == true ? null : $"couldn't find key {key} in {where}";
}
