using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Api.Resource.V1;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;
using ResourceClaim = Keelson.Api.Resource.V1.ResourceClaim;

namespace Keelson.Server.Admission.AdminAccess;

/// <summary>
/// Lets only claims of namespaces that are marked for it have devices which are in use already, to administer them.
/// Upstream has this in the strategy of claims, so it can't be disabled.
/// </summary>
internal sealed class AdminAccessPlugin(IObjectLookup lookup) : IAdmissionPlugin
{
    private const string Label = "resource.kubernetes.io/admin-access";
    private const string Field = "adminAccess";

    public string Name => "AdminAccess";

    public bool Handles(AdmissionOperation operation) =>
        operation is AdmissionOperation.Create or AdmissionOperation.Update;

    public ValueTask<Status?> ValidateAsync(AdmissionContext context, CancellationToken cancellationToken) =>
        new(Validate(context));

    private Status? Validate(AdmissionContext context)
    {
        if (context.Kind.Group != "resource.k8s.io" || PathOf(context) is not { } path
            || lookup.Find<Namespace>("", context.Request.Namespace)?.Metadata.Labels.GetValueOrDefault(Label) == "true")
        {
            return null;
        }

        FieldErrors errors = new();
        errors.Forbidden(
            path, $"admin access to devices requires the `{Label}: true` label on the containing namespace");
        return ApiErrors.Invalid(context.Kind.Group, context.Kind.Kind, context.Object!.Metadata.Name, errors);
    }

    /// <summary>Where admin access is asked for, or newly given; null when nowhere.</summary>
    private static FieldPath? PathOf(AdmissionContext context)
    {
        // Through a version of its own a claim may come in another form; what is stored is the one looked at.
        IObject? obj = context.Object is { } given ? context.Request.Kind.ToStored(given) : null;
        if (context.Request.Subresource == "status")
        {
            ApiList<DeviceRequestAllocationResult> results = Results(obj);
            bool hadBefore = Results(context.OldObject is { } old ? context.Request.Kind.ToStored(old) : null)
                .Any(one => one.AdminAccess == true);
            int at = hadBefore ? -1 : IndexOf(results, static one => one.AdminAccess == true);
            return at < 0 ? null
                : FieldPath.Of("status").Child("allocation").Child("devices").Child("results").Index(at).Child(Field);
        }

        ApiList<DeviceRequest>? requests = context.Operation != AdmissionOperation.Create ? null : obj switch
        {
            ResourceClaim claim => claim.Spec.Devices.Requests,
            ResourceClaimTemplate template => template.Spec.Spec.Devices.Requests,
            _ => null,
        };
        int index = requests is { } all ? IndexOf(all, static one => one.Exactly?.AdminAccess == true) : -1;
        return index < 0 ? null : FieldPath.Of("spec").Child("devices").Child("requests").Index(index).Child(Field);
    }

    private static ApiList<DeviceRequestAllocationResult> Results(IObject? obj) =>
        (obj as ResourceClaim)?.Status.Allocation?.Devices.Results ?? [];

    private static int IndexOf<T>(IEnumerable<T> items, Func<T, bool> matches)
    {
        int index = 0;
        foreach (T item in items)
        {
            if (matches(item))
            {
                return index;
            }

            index++;
        }

        return -1;
    }
}
