using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;

namespace Keelson.Api.Networking.V1;

public sealed partial record NetworkPolicy
{
    /// <inheritdoc/>
    public static void Validate(NetworkPolicy obj, FieldErrors errors) => Validate(obj, errors, new(false, []));

    /// <inheritdoc/>
    public static void ValidateUpdate(NetworkPolicy obj, NetworkPolicy old, FieldErrors errors)
    {
        // A network that the stored policy has somewhere may stand anywhere, since peers can't be told apart.
        IEnumerable<NetworkPolicyPeer> peers =
            old.Spec.Ingress.SelectMany(one => one.From).Concat(old.Spec.Egress.SelectMany(one => one.To));
        HashSet<string> stored = [];
        foreach (NetworkPolicyPeer peer in peers)
        {
            if (peer.IpBlock is { } block)
            {
                stored.Add(block.Cidr);
                stored.UnionWith(block.Except);
            }
        }

        Validate(obj, errors, new(LabelSelectorRules.HasInvalidValues(old.Spec.PodSelector), stored));
    }

    private static void Validate(NetworkPolicy obj, FieldErrors errors, Leniency leniency)
    {
        FieldPath path = FieldPath.Of("spec");
        NetworkPolicySpec spec = obj.Spec;
        LabelSelectorRules.Validate(spec.PodSelector, path.Child("podSelector"), errors, leniency.LabelValues);
        for (int i = 0; i < spec.Ingress.Count; i++)
        {
            FieldPath rule = path.Child("ingress").Index(i);
            ValidatePorts(spec.Ingress[i].Ports, rule.Child("ports"), errors);
            ValidatePeers(spec.Ingress[i].From, rule.Child("from"), errors, leniency);
        }

        for (int i = 0; i < spec.Egress.Count; i++)
        {
            FieldPath rule = path.Child("egress").Index(i);
            ValidatePorts(spec.Egress[i].Ports, rule.Child("ports"), errors);
            ValidatePeers(spec.Egress[i].To, rule.Child("to"), errors, leniency);
        }

        ValidateTypes(spec.PolicyTypes, path.Child("policyTypes"), errors);
    }

    private static void ValidateTypes(ApiList<string> types, FieldPath path, FieldErrors errors)
    {
        if (types.Count > 2)
        {
            errors.InvalidRaw(path, ErrorValue.Json(types), "may not specify more than two policyTypes");
            return;
        }

        for (int i = 0; i < types.Count; i++)
        {
            if (types[i] is not (PolicyType.Ingress or PolicyType.Egress))
            {
                errors.NotSupported(path.Index(i), types[i], PolicyType.Ingress, PolicyType.Egress);
            }
        }
    }

    private static void ValidatePorts(ApiList<NetworkPolicyPort> ports, FieldPath path, FieldErrors errors)
    {
        for (int i = 0; i < ports.Count; i++)
        {
            ValidatePort(ports[i], path.Index(i), errors);
        }
    }

    private static void ValidatePort(NetworkPolicyPort port, FieldPath path, FieldErrors errors)
    {
        if (port.Protocol is not (null or "TCP" or "UDP" or "SCTP"))
        {
            errors.NotSupported(path.Child("protocol"), port.Protocol, "TCP", "UDP", "SCTP");
        }

        FieldPath endPort = path.Child("endPort");
        if (port.Port is not { } one)
        {
            if (port.EndPort is { } end)
            {
                errors.Invalid(endPort, end, "may not be specified when `port` is not specified");
            }
        }
        else if (one.IsText)
        {
            if (port.EndPort is { } end)
            {
                errors.Invalid(endPort, end, "may not be specified when `port` is non-numeric");
            }

            errors.Invalid(ContentRules.PortName(one.Text), path.Child("port"), one.Text);
        }
        else
        {
            errors.Invalid(ContentRules.PortNumber(one.Number), path.Child("port"), one.Number);
            if (port.EndPort is { } end)
            {
                if (end < one.Number)
                {
                    errors.Invalid(endPort, end, "must be greater than or equal to `port`");
                }

                errors.Invalid(ContentRules.PortNumber(end), endPort, end);
            }
        }
    }

    private static void ValidatePeers(ApiList<NetworkPolicyPeer> peers, FieldPath path, FieldErrors errors, Leniency leniency)
    {
        for (int i = 0; i < peers.Count; i++)
        {
            NetworkPolicyPeer peer = peers[i];
            FieldPath one = path.Index(i);
            LabelSelectorRules.Validate(peer.PodSelector, one.Child("podSelector"), errors, leniency.LabelValues);
            LabelSelectorRules.Validate(peer.NamespaceSelector, one.Child("namespaceSelector"), errors, leniency.LabelValues);
            if (peer.IpBlock is not null)
            {
                ValidateBlock(peer.IpBlock, one.Child("ipBlock"), errors, leniency);
            }

            bool selects = peer.PodSelector is not null || peer.NamespaceSelector is not null;
            if (!selects && peer.IpBlock is null)
            {
                errors.Required(one, "must specify a peer");
            }
            else if (selects && peer.IpBlock is not null)
            {
                errors.Forbidden(one, "may not specify both ipBlock and another peer");
            }
        }
    }

    private static void ValidateBlock(IPBlock block, FieldPath path, FieldErrors errors, Leniency leniency)
    {
        if (block.Cidr.Length == 0)
        {
            errors.Required(path.Child("cidr"), "");
            return;
        }

        ValidateCidr(block.Cidr, path.Child("cidr"), errors, leniency);
        if (!ContentRules.TryParseSloppyCidr(block.Cidr, out System.Net.IPAddress? network, out int length))
        {
            return;
        }

        network = ContentRules.Masked(network, length);
        for (int i = 0; i < block.Except.Count; i++)
        {
            FieldPath except = path.Child("except").Index(i);
            ValidateCidr(block.Except[i], except, errors, leniency);
            if (ContentRules.TryParseSloppyCidr(block.Except[i], out System.Net.IPAddress? inner, out int innerLength))
            {
                bool contains = inner.AddressFamily == network.AddressFamily
                    && ContentRules.Masked(ContentRules.Masked(inner, innerLength), length).Equals(network);
                if (!contains || length >= innerLength)
                {
                    errors.Invalid(except, block.Except[i], "must be a strict subset of `cidr`");
                }
            }
        }
    }

    private static void ValidateCidr(string cidr, FieldPath path, FieldErrors errors, Leniency leniency)
    {
        if (!leniency.Cidrs.Contains(cidr))
        {
            errors.Invalid(ContentRules.Cidr(cidr), path, cidr);
        }
    }

    /// <summary>What an update may keep because the stored policy has it already.</summary>
    private sealed record Leniency(bool LabelValues, HashSet<string> Cidrs);
}
