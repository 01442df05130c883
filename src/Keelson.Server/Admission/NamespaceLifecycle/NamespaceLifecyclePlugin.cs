using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Server.Admission.NamespaceLifecycle;

/// <summary>
/// Refuses writes to namespaces that do not exist, new objects in namespaces that end, and the deletion of the
/// namespaces that the cluster itself lives in.
/// </summary>
internal sealed class NamespaceLifecyclePlugin(IObjectLookup lookup) : IAdmissionPlugin
{
    private static readonly HashSet<string> Immortal =
        new(StringComparer.Ordinal) { "default", "kube-system", "kube-public" };

    public string Name => "NamespaceLifecycle";

    public bool Handles(AdmissionOperation operation) => operation != AdmissionOperation.Connect;

    public ValueTask<Status?> AdmitAsync(AdmissionContext context, CancellationToken cancellationToken) =>
        new(Check(context));

    private Status? Check(AdmissionContext context)
    {
        KindInfo kind = context.Kind;
        if (kind is { Resource: "namespaces", Group: "" })
        {
            return context.Operation == AdmissionOperation.Delete && Immortal.Contains(context.Request.Name)
                ? ApiErrors.Forbidden("", "namespaces", context.Request.Name, "this namespace may not be deleted")
                : null;
        }

        // Deletions go on while a namespace ends, and reviews are not stored anywhere.
        string name = context.Request.Namespace;
        if (name.Length == 0 || context.Operation == AdmissionOperation.Delete || kind.Group is "authorization.k8s.io")
        {
            return null;
        }

        if (lookup.Find<Namespace>("", name) is not { } found)
        {
            return ApiErrors.NotFound("", "namespaces", name);
        }

        if (context.Operation != AdmissionOperation.Create
            || found.Metadata.DeletionTimestamp is null
            && found.Status.Phase != NamespacePhase.Terminating)
        {
            return null;
        }

        Status refusal = context.Forbidden(
            $"unable to create new content in namespace {name} because it is being terminated");
        StatusCause cause = new() { Reason = "NamespaceTerminating", Message = $"namespace {name} is being terminated", Field = "metadata.namespace" };
        return refusal with { Details = refusal.Details! with { Causes = [cause] } };
    }
}
