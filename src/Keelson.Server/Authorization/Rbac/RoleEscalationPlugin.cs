using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Api.Rbac.V1;
using Keelson.Server.Admission;

namespace Keelson.Server.Authorization.Rbac;

/// <summary>Keeps users from granting more than they hold. Upstream has this in the storage of roles and bindings,
/// behind mutating admission and before validation, so it runs as the last of the plugins that mutate and can't be
/// disabled.
/// </summary>
internal sealed class RoleEscalationPlugin(RoleEscalation escalation) : IAdmissionPlugin
{
    private const string Group = "rbac.authorization.k8s.io";

    public string Name => "RoleEscalation";

    public bool Handles(AdmissionOperation operation) =>
        operation is AdmissionOperation.Create or AdmissionOperation.Update;

    public ValueTask<Status?> AdmitAsync(AdmissionContext context, CancellationToken cancellationToken) =>
        context.Kind.Group == Group ? CheckAsync(context, cancellationToken) : default;

    private async ValueTask<Status?> CheckAsync(AdmissionContext context, CancellationToken cancellationToken)
    {
        var request = new AuthorizationAttributes
        {
            User = context.Request.User, Verb = context.Request.Verb, ApiGroup = Group,
            ApiVersion = context.Kind.Version, Resource = context.Kind.Resource,
            Namespace = context.Request.Namespace, Name = context.Request.Name,
        };
        var refusal = context.Object switch
        {
            ClusterRole role =>
                await escalation.CheckAsync(request, role, (ClusterRole?)context.OldObject, cancellationToken),
            Role role => await escalation.CheckAsync(request, role, (Role?)context.OldObject, cancellationToken),
            ClusterRoleBinding binding => await escalation.CheckAsync(
                request, binding, (ClusterRoleBinding?)context.OldObject, cancellationToken),
            RoleBinding binding =>
                await escalation.CheckAsync(request, binding, (RoleBinding?)context.OldObject, cancellationToken),
            _ => null,
        };
        return refusal switch
        {
            null => null,
            { MissingRole: { } role } => ApiErrors.NotFound(Group, context.Kind.Resource, role),
            { Forbidden: { } forbidden } => ApiErrors.Make(403, "Forbidden", forbidden.Message, new StatusDetails
            {
                Name = forbidden.Name, Group = forbidden.Group, Kind = forbidden.Resource,
            }),
            _ => null,
        };
    }
}
