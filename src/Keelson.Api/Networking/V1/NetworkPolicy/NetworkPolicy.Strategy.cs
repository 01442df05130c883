using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.Networking.V1;

public sealed partial record NetworkPolicy
{
    /// <inheritdoc/>
    public static NetworkPolicy PrepareForCreate(NetworkPolicy obj, WriteContext context) =>
        obj with { Metadata = ObjectMetaStrategy.Created(obj.Metadata) };

    /// <inheritdoc/>
    public static NetworkPolicy PrepareForUpdate(NetworkPolicy obj, NetworkPolicy old, WriteContext context) =>
        obj with { Metadata = ObjectMetaStrategy.Updated(obj.Metadata, old.Metadata, obj.Spec != old.Spec) };

    /// <inheritdoc/>
    public static IEnumerable<string> Warnings(NetworkPolicy obj, NetworkPolicy? old)
    {
        List<string> warnings = [];
        FieldPath spec = FieldPath.Of("spec");
        for (int i = 0; i < obj.Spec.Ingress.Count; i++)
        {
            AddWarnings(obj.Spec.Ingress[i].From, spec.Child("ingress").Index(i).Child("from"), warnings);
        }

        for (int i = 0; i < obj.Spec.Egress.Count; i++)
        {
            AddWarnings(obj.Spec.Egress[i].To, spec.Child("egress").Index(i).Child("to"), warnings);
        }

        return warnings;
    }

    private static void AddWarnings(ApiList<NetworkPolicyPeer> peers, FieldPath path, List<string> warnings)
    {
        for (int i = 0; i < peers.Count; i++)
        {
            if (peers[i].IpBlock is not { } block)
            {
                continue;
            }

            FieldPath blockPath = path.Index(i).Child("ipBlock");
            warnings.AddRange(ContentRules.CidrWarnings(blockPath.Child("cidr"), block.Cidr));
            for (int j = 0; j < block.Except.Count; j++)
            {
                warnings.AddRange(ContentRules.CidrWarnings(blockPath.Child("except").Index(j), block.Except[j]));
            }
        }
    }
}
