using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Server.Admission.NamespaceExists;

/// <summary>Refuses writes to namespaces that do not exist; what is left of it beside NamespaceLifecycle are
/// deletions.</summary>
internal sealed class NamespaceExistsPlugin(IObjectLookup lookup) : IAdmissionPlugin
{
    public string Name => "NamespaceExists";

    public bool Handles(AdmissionOperation operation) => operation != AdmissionOperation.Connect;

    public ValueTask<Status?> ValidateAsync(AdmissionContext context, CancellationToken cancellationToken)
    {
        string name = context.Request.Namespace;
        bool passes = name.Length == 0 || context.Kind is { Group: "", Resource: "namespaces" }
            || lookup.Find<Namespace>("", name) is not null;
        return new(passes ? null : ApiErrors.NotFound(Namespace.Info, name));
    }
}
