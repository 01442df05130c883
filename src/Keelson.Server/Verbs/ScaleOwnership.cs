using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Apply;
using Keelson.Machinery.Values;
using Keelson.Machinery.Wire;
using ManagedFieldsEntry = Keelson.Api.Meta.V1.ManagedFieldsEntry;

namespace Keelson.Server.Verbs;

/// <summary>Who owns the replicas: the managed fields of a workload on their way to its scale and back.</summary>
internal sealed class ScaleOwnership(KindInfo workload, IObject old)
{
    private readonly ScaleManagedFields _fields = new(
        workload.ApiVersion, version => ReplicasIn(workload.Group, version));

    /// <summary>The managed fields of the scale.</summary>
    public ApiList<ManagedFieldsEntry> OfScale => Safely(
        () => FieldOwnership.FromMachinery(_fields.ToScale(FieldOwnership.ToMachinery(old.Metadata.ManagedFields))), default);

    /// <summary>The managed fields of the workload after a change of its scale.</summary>
    public ApiList<ManagedFieldsEntry> AfterScale(ApiList<ManagedFieldsEntry> scale) => Safely(
        () => FieldOwnership.FromMachinery(
            _fields.ToParent(FieldOwnership.ToMachinery(old.Metadata.ManagedFields), FieldOwnership.ToMachinery(scale))),
        old.Metadata.ManagedFields);

    /// <summary>All versions that upstream knows keep replicas in the same place; entries of others are
    /// dropped.</summary>
    private static IReadOnlyList<string> ReplicasIn(string group, string version) => (group, version) switch
    {
        ("", "v1") or ("apps", "apps/v1" or "apps/v1beta1" or "apps/v1beta2") => IScalable.ReplicasPath,
        _ => [],
    };

    private static ApiList<ManagedFieldsEntry> Safely(
        Func<ApiList<ManagedFieldsEntry>> convert, ApiList<ManagedFieldsEntry> otherwise)
    {
        try
        {
            return convert();
        }
        catch (DecodeException)
        {
            return otherwise;
        }
    }
}
