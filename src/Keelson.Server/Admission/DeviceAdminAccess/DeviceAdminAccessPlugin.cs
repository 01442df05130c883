using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Api.Resource.V1;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;
using Claim = Keelson.Api.Resource.V1.ResourceClaim;

namespace Keelson.Server.Admission.DeviceAdminAccess;

/// <summary>
/// Lets only namespaces that are marked for it claim devices that are in use already, to look after them. Upstream has
/// this in the validation of claims, so no option turns it off.
/// </summary>
internal sealed class DeviceAdminAccessPlugin(IObjectLookup lookup) : IAdmissionPlugin
{
    private const string Mark = "resource.kubernetes.io/admin-access";

    public string Name => "DeviceAdminAccess";

    public bool Handles(AdmissionOperation operation) =>
        operation is AdmissionOperation.Create or AdmissionOperation.Update;

    public ValueTask<Status?> ValidateAsync(AdmissionContext context, CancellationToken cancellationToken)
    {
        if (context.Kind.Group != "resource.k8s.io" || Requested(context) is not { } path
            || lookup.Find<Namespace>("", context.Request.Namespace)?.Metadata.Labels.GetValueOrDefault(Mark) == "true")
        {
            return new((Status?)null);
        }

        FieldErrors errors = new();
        errors.Forbidden(
            path, $"admin access to devices requires the `{Mark}: true` label on the containing namespace");
        return new(ApiErrors.Invalid(context.Kind.Group, context.Kind.Kind, context.Object!.Metadata.Name, errors));
    }

    /// <summary>Where the first admin access is newly asked for; null when it is nowhere.</summary>
    private static FieldPath? Requested(AdmissionContext context) => context.Object switch
    {
        Claim claim when context.Request.Subresource.Length == 0 && context.OldObject is null => InSpec(claim.Spec),
        ResourceClaimTemplate template when context.OldObject is null => InSpec(template.Spec.Spec),
        Claim claim when context.Request.Subresource == "status" =>
            InStatus(claim.Status, (context.OldObject as Claim)?.Status),
        _ => null,
    };

    private static FieldPath? InSpec(ResourceClaimSpec spec)
    {
        ApiList<DeviceRequest> requests = spec.Devices.Requests;
        for (int i = 0; i < requests.Count; i++)
        {
            if (requests[i].Exactly?.AdminAccess == true)
            {
                return FieldPath.Of("spec").Child("devices").Child("requests").Index(i).Child("adminAccess");
            }
        }

        return null;
    }

    private static FieldPath? InStatus(ResourceClaimStatus status, ResourceClaimStatus? old)
    {
        ApiList<DeviceRequestAllocationResult> results = status.Allocation?.Devices.Results ?? default;
        ApiList<DeviceRequestAllocationResult> before = old?.Allocation?.Devices.Results ?? default;
        if (before.Any(one => one.AdminAccess == true))
        {
            return null;
        }

        for (int i = 0; i < results.Count; i++)
        {
            if (results[i].AdminAccess == true)
            {
                return FieldPath.Of("status").Child("allocation").Child("devices").Child("results").Index(i)
                    .Child("adminAccess");
            }
        }

        return null;
    }
}
