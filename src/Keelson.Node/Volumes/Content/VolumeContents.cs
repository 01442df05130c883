using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Client;
using Keelson.Machinery.Values;
using Keelson.Nodes.Objects;

namespace Keelson.Nodes.Volumes.Content;

/// <summary>Works out the files of volumes that show objects of the API.</summary>
internal sealed class VolumeContents(
    ReferencedObjects objects, ObjectWatches watches, ServiceAccountTokens tokens, OwnNode node)
{
    private const int DefaultMode = 0x1a4; // 0644
    private const int TokenMode = 0x180; // 0600
    private const long DefaultExpirationSeconds = 3600;

    /// <summary>The files of a configMap, secret, downwardAPI or projected volume.</summary>
    public ValueTask<VolumeContent> OfAsync(PodVolume volume, CancellationToken cancellationToken) =>
        volume.Source switch
        {
            { ConfigMap: { } map } => OfConfigMapAsync(
                volume.Pod, map.LocalObjectReference.Name, map.Items, map.DefaultMode, map.Optional, cancellationToken),
            { Secret: { } secret } => OfSecretAsync(
                volume.Pod, secret.SecretName, secret.Items, secret.DefaultMode, secret.Optional, cancellationToken),
            { DownwardAPI: { } downward } =>
                OfPodAsync(volume.Pod, downward.Items, downward.DefaultMode, cancellationToken),
            { Projected: { } projected } => OfProjectedAsync(volume.Pod, projected, cancellationToken),
            _ => throw new ArgumentException("no content is known for volume " + volume.Name),
        };

    private async ValueTask<VolumeContent> OfConfigMapAsync(
        Pod pod,
        string name,
        ApiList<KeyToPath> items,
        int? mode,
        bool? optional,
        CancellationToken cancellationToken)
    {
        bool isOptional = optional == true;
        ApiResult<ConfigMap> read = await ReadAsync<ConfigMap>(pod, name, cancellationToken);
        return read.TryGet(out ConfigMap? map, out Status? error)
            ? KeyedContent.Of(map, items, mode ?? DefaultMode, isOptional)
            : Missing(error, isOptional);
    }

    private async ValueTask<VolumeContent> OfSecretAsync(
        Pod pod,
        string name,
        ApiList<KeyToPath> items,
        int? mode,
        bool? optional,
        CancellationToken cancellationToken)
    {
        bool isOptional = optional == true;
        ApiResult<Secret> read = await ReadAsync<Secret>(pod, name, cancellationToken);
        return read.TryGet(out Secret? secret, out Status? error)
            ? KeyedContent.Of(secret, items, mode ?? DefaultMode, isOptional)
            : Missing(error, isOptional);
    }

    /// <summary>Reads an object; the pod is told when it changes.</summary>
    private async ValueTask<ApiResult<T>> ReadAsync<T>(Pod pod, string name, CancellationToken cancellationToken)
        where T : class, IKind<T>
    {
        ApiResult<T> read = await objects.GetAsync<T>(pod, name, cancellationToken);
        if (read.TryGet(out T? found, out Status? error))
        {
            if (found is not (ConfigMap { Immutable: true } or Secret { Immutable: true }))
            {
                watches.Follow(pod, KindOf<T>.Kind, name, found.Metadata.ResourceVersion);
            }
        }
        else if (error.Code == 404)
        {
            watches.Follow(pod, KindOf<T>.Kind, name, "");
        }

        return read;
    }

    private static VolumeContent Missing(Status error, bool isOptional) =>
        isOptional && error.Code == 404 ? VolumeContent.Empty : VolumeContent.Failed(error.Message);

    private async ValueTask<VolumeContent> OfPodAsync(
        Pod pod, ApiList<DownwardAPIVolumeFile> items, int? mode, CancellationToken cancellationToken)
    {
        Dictionary<string, ContentFile> files = new(StringComparer.Ordinal);
        List<string> errors = [];
        ApiMap<Quantity> allocatable = await node.AllocatableAsync(cancellationToken);
        foreach (DownwardAPIVolumeFile item in items)
        {
            DownwardValue value = item switch
            {
                { FieldRef: { } field } => DownwardFields.OfMetadata(pod, field.FieldPath),
                { ResourceFieldRef: { } resource } => DownwardFields.OfResource(pod, resource, allocatable),
                _ => new("", null),
            };
            if (value.Error is { } error)
            {
                errors.Add(error);
            }

            files[item.Path] = new(Bytes.FromText(value.Text), item.Mode ?? mode ?? DefaultMode);
        }

        return errors.Count == 0 ? new(files, null) : VolumeContent.Failed(Joined(errors));
    }

    private async ValueTask<VolumeContent> OfProjectedAsync(
        Pod pod, ProjectedVolumeSource projected, CancellationToken cancellationToken)
    {
        Dictionary<string, ContentFile> files = new(StringComparer.Ordinal);
        List<string> errors = [];
        int mode = projected.DefaultMode ?? DefaultMode;
        foreach (VolumeProjection source in projected.Sources.AsEnumerable())
        {
            VolumeContent part = await OfProjectionAsync(pod, source, mode, cancellationToken);
            foreach ((string path, ContentFile file) in part.Files)
            {
                files[path] = file;
            }

            if (part.Error is { } error)
            {
                errors.Add(error);
            }
        }

        return errors.Count == 0 ? new(files, null) : VolumeContent.Failed(Joined(errors));
    }

    private ValueTask<VolumeContent> OfProjectionAsync(
        Pod pod, VolumeProjection source, int mode, CancellationToken cancellationToken) => source switch
        {
            { ConfigMap: { } map } => OfConfigMapAsync(
                pod, map.LocalObjectReference.Name, map.Items, mode, map.Optional, cancellationToken),
            { Secret: { } secret } => OfSecretAsync(
                pod, secret.LocalObjectReference.Name, secret.Items, mode, secret.Optional, cancellationToken),
            { DownwardAPI: { } downward } => OfPodAsync(pod, downward.Items, mode, cancellationToken),
            { ServiceAccountToken: { } token } => OfTokenAsync(pod, token, mode, cancellationToken),
            _ => new(VolumeContent.Empty),
        };

    private async ValueTask<VolumeContent> OfTokenAsync(
        Pod pod, ServiceAccountTokenProjection projection, int mode, CancellationToken cancellationToken)
    {
        PodToken token = await tokens.GetAsync(
            pod, projection.Audience, projection.ExpirationSeconds ?? DefaultExpirationSeconds, cancellationToken);
        if (token.Status is null)
        {
            return VolumeContent.Failed("failed to fetch token: " + token.Error);
        }

        // Where it is known who is to read it nobody else may; a group gets its right to read with the ownership.
        long? user = UserOf(pod);
        bool isPrivate = user is not null || pod.Spec.SecurityContext?.FsGroup is not null;
        ContentFile file = new(Bytes.FromText(token.Status.Token), isPrivate ? TokenMode : mode, user);
        return new(new Dictionary<string, ContentFile>(StringComparer.Ordinal) { [projection.Path] = file }, null);
    }

    /// <summary>The user whom all containers run as; null when they don't say, or differ.</summary>
    private static long? UserOf(Pod pod)
    {
        long? common = null;
        foreach (Container container in pod.Spec.InitContainers.Concat(pod.Spec.Containers))
        {
            long? user = container.SecurityContext?.RunAsUser ?? pod.Spec.SecurityContext?.RunAsUser;
            if (user is null || (common is not null && common != user))
            {
                return null;
            }

            common = user;
        }

        return common;
    }

    /// <summary>Several errors as upstream joins them.</summary>
    private static string Joined(List<string> errors) =>
        errors.Count == 1 ? errors[0] : "[" + string.Join(", ", errors.Distinct(StringComparer.Ordinal)) + "]";
}
