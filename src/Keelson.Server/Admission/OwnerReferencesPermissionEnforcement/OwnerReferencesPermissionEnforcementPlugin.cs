using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;
using Keelson.Server.Authorization;

namespace Keelson.Server.Admission.OwnerReferencesPermissionEnforcement;

/// <summary>
/// Lets only those make an object another's dependent who may delete it, and only those hold an owner's deletion up who
/// may set the owner's finalizers: through the garbage collector both would otherwise be had for free.
/// </summary>
internal sealed class OwnerReferencesPermissionEnforcementPlugin(IAuthorizer authorizer) : IAdmissionPlugin
{
    public string Name => "OwnerReferencesPermissionEnforcement";

    public bool Handles(AdmissionOperation operation) =>
        operation is AdmissionOperation.Create or AdmissionOperation.Update;

    public async ValueTask<Status?> ValidateAsync(AdmissionContext context, CancellationToken cancellationToken)
    {
        ApiList<OwnerReference> now = context.Object?.Metadata.OwnerReferences ?? default;
        ApiList<OwnerReference> before = context.OldObject?.Metadata.OwnerReferences ?? default;
        if (context.Is("", "pods", "status") || now.AsSpan().SequenceEqual(before.AsSpan()))
        {
            return null;
        }

        AuthorizationAttributes delete = new()
        {
            User = context.Request.User,
            Verb = "delete",
            ApiGroup = context.Kind.Group,
            ApiVersion = context.Kind.Version,
            Resource = context.Kind.Resource,
            Subresource = context.Request.Subresource,
            Namespace = context.Request.Namespace,
            Name = context.Request.Name.Length > 0 ? context.Request.Name : context.Object!.Metadata.Name,
        };
        if (await RefuseAsync(delete, cancellationToken) is { } reason)
        {
            return context.Forbidden($"cannot set an ownerRef on a resource you can't delete: {reason}");
        }

        foreach (OwnerReference one in now.Where(one => one.BlockOwnerDeletion == true && !Blocked(before, one)))
        {
            ApiKind? owner = ApiKinds.All.FirstOrDefault(
                kind => kind.Info.ApiVersion == one.ApiVersion && kind.Info.Kind == one.Kind);
            if (owner is null)
            {
                return context.Forbidden(
                    "cannot set blockOwnerDeletion in this case because cannot find RESTMapping for APIVersion "
                    + $"{one.ApiVersion} Kind {one.Kind}: no matches for kind {GoText.Quote(one.Kind)} in version "
                    + GoText.Quote(one.ApiVersion));
            }

            AuthorizationAttributes finalizers = delete with
            {
                Verb = "update",
                ApiGroup = owner.Info.Group,
                ApiVersion = owner.Info.Version,
                Resource = owner.Info.Resource,
                Subresource = "finalizers",
                Namespace = owner.Info.Namespaced ? context.Request.Namespace : "",
                Name = one.Name,
            };
            if (await RefuseAsync(finalizers, cancellationToken) is { } why)
            {
                return context.Forbidden("cannot set blockOwnerDeletion if an ownerReference refers to a resource you can't "
                    + $"set finalizers on: {why}");
            }
        }

        return null;
    }

    private static bool Blocked(ApiList<OwnerReference> references, OwnerReference wanted) =>
        references.Any(one => one.Uid == wanted.Uid && one.BlockOwnerDeletion == true);

    /// <summary>Why something is not allowed, as upstream prints a reason and an error; null when it is.</summary>
    private async ValueTask<string?> RefuseAsync(
        AuthorizationAttributes attributes, CancellationToken cancellationToken)
    {
        AuthorizationDecision decision = await authorizer.AuthorizeAsync(attributes, cancellationToken);
        return decision.IsAllowed ? null : $"{decision.Reason}, {decision.Error ?? "<nil>"}";
    }
}
