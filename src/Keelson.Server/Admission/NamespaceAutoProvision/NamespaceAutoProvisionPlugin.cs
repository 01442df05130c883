using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Values;
using Keelson.Server.Storage;

namespace Keelson.Server.Admission.NamespaceAutoProvision;

/// <summary>Makes the namespace of a new object where there is none yet.</summary>
internal sealed class NamespaceAutoProvisionPlugin(IObjectLookup lookup, ObjectStorage storage) : IAdmissionPlugin
{
    public string Name => "NamespaceAutoProvision";

    public bool Handles(AdmissionOperation operation) => operation == AdmissionOperation.Create;

    public async ValueTask<Status?> AdmitAsync(AdmissionContext context, CancellationToken cancellationToken)
    {
        string name = context.Request.Namespace;
        if (name.Length == 0 || context.Request.DryRun || context.Kind is { Group: "", Resource: "namespaces" }
            || lookup.Find<Namespace>("", name) is not null)
        {
            return null;
        }

        ApiKind kind = ApiKinds.CoreV1Namespace;
        Namespace bare = new()
        {
            Metadata = ObjectMeta.Empty with
            {
                Name = name,
                Uid = Guid.NewGuid().ToString(),
                CreationTimestamp = context.Request.Now,
            },
        };
        IObject made = kind.PrepareForCreate(kind.SetDefaults(bare), context.Request.WriteContext);
        ObjectCache cache = storage.CacheOf(kind);
        WriteOutcome outcome = await storage.PutAsync(cache, cache.KeyOf("", name), made, 0, 0, cancellationToken);
        return outcome.Error is { } error ? context.Forbidden(error.Message) : null;
    }
}
