using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Api.Storage.V1;
using Keelson.Machinery.Validation;
using Keelson.Server.Authorization;
using TokenRequest = Keelson.Api.Authentication.V1.TokenRequest;

namespace Keelson.Server.Admission.NodeRestriction;

/// <summary>A node gets tokens for the pods that run on it, and for audiences that those pods name.</summary>
internal sealed class NodeTokenRules(IObjectLookup lookup, IAuthorizer authorizer)
{
    /// <summary>Why the node may not have a token; null when it may.</summary>
    public async ValueTask<Status?> CheckAsync(
        string node, AdmissionContext context, CancellationToken cancellationToken)
    {
        if (context.Operation != AdmissionOperation.Create || context.Object is not TokenRequest request)
        {
            return null;
        }

        if (request.Spec.BoundObjectRef is not { ApiVersion: "v1", Kind: "Pod", Name: { Length: > 0 } name } bound)
        {
            return context.Forbidden("node requested token not bound to a pod");
        }

        if (bound.Uid.Length == 0)
        {
            return context.Forbidden("node requested token with a pod binding without a uid");
        }

        if (lookup.Find<Pod>(context.Request.Namespace, name) is not { } pod)
        {
            return ApiErrors.NotFound(Pod.Info, name);
        }

        if (bound.Uid != pod.Metadata.Uid)
        {
            return context.Forbidden($"the UID in the bound object reference ({bound.Uid}) does not match the UID in record. "
                + "The object might have been deleted and then recreated");
        }

        return pod.Spec.NodeName == node
            ? await CheckAudienceAsync(context, request, pod, cancellationToken)
            : context.Forbidden("node requested token bound to a pod scheduled on a different node");
    }

    private async ValueTask<Status?> CheckAudienceAsync(
        AdmissionContext context, TokenRequest request, Pod pod, CancellationToken cancellationToken)
    {
        if (request.Spec.Audiences.Count > 1)
        {
            return context.Forbidden("node may only request 0 or 1 audiences");
        }

        string audience = request.Spec.Audiences.Count == 0 ? "" : request.Spec.Audiences[0];
        if (pod.Spec.Volumes.Any(volume => Names(volume, pod, audience)))
        {
            return null;
        }

        AuthorizationAttributes attributes = new()
        {
            User = context.Request.User,
            Verb = "request-serviceaccounts-token-audience",
            ApiVersion = "v1",
            Resource = audience,
            Namespace = context.Request.Namespace,
            Name = context.Request.Name,
        };
        return (await authorizer.AuthorizeAsync(attributes, cancellationToken)).IsAllowed
            ? null
            : context.Forbidden($"audience {GoText.Quote(audience)} not found in pod spec volume, {context.Request.User.Name} "
                + "is not authorized to request tokens for this audience");
    }

    /// <summary>True when a volume has tokens for the audience in it, or its driver gets them.</summary>
    private bool Names(Volume volume, Pod pod, string audience)
    {
        VolumeSource source = volume.VolumeSource;
        if (source.Projected?.Sources.Any(one => one.ServiceAccountToken?.Audience == audience) == true)
        {
            return true;
        }

        string? claim = source.PersistentVolumeClaim?.ClaimName
            ?? (source.Ephemeral is null ? null : $"{pod.Metadata.Name}-{volume.Name}");
        string driver = source.Csi?.Driver ?? (claim is null ? null : DriverOf(pod.Metadata.Namespace, claim)) ?? "";
        return driver.Length > 0
            && lookup.Find<CSIDriver>("", driver)?.Spec.TokenRequests.Any(one => one.Audience == audience) == true;
    }

    private string? DriverOf(string @namespace, string claim) =>
        lookup.Find<PersistentVolumeClaim>(@namespace, claim)?.Spec.VolumeName is { Length: > 0 } volume
            ? lookup.Find<PersistentVolume>("", volume)?.Spec.PersistentVolumeSource.Csi?.Driver
            : null;
}
