using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Values;
using Xunit;

namespace Keelson.Api.Tests.Meta.V1;

public sealed class ObjectMetaRulesTests
{
    private static readonly ObjectMeta Valid =
        ObjectMeta.Empty with { Name = "a", Namespace = "default", ResourceVersion = "1" };

    [Fact]
    public void Names_namespaces_and_generations_are_reported_in_upstreams_order()
    {
        ObjectMeta meta = ObjectMeta.Empty with { GenerateName = "Up-", Namespace = "a.b", Generation = -1 };

        Assert.Equal(
        [
            "metadata.generateName: Invalid value: \"Up-\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
            "metadata.name: Required value: name or generateName is required",
            "metadata.namespace: Invalid value: \"a.b\": must not contain dots",
            "metadata.generation: Invalid value: -1: must be greater than or equal to 0",
        ],
        Errors(meta));
    }

    [Fact]
    public void A_kind_without_namespaces_refuses_one()
    {
        FieldErrors errors = new();
        ObjectMetaRules.Validate(Valid, namespaced: false, NameRules.DnsSubdomain, ObjectMetaRules.Path, errors);

        Assert.Equal("metadata.namespace: Forbidden: not allowed on this type", Assert.Single(errors.All).ToString());
    }

    [Fact]
    public void Unqualified_finalizers_must_be_known_ones()
    {
        Assert.Equal(
            ["metadata.finalizers[0]: Invalid value: \"mine\": name is neither a standard finalizer name nor is it fully qualified"],
            Errors(Valid with { Finalizers = ["mine", "example.com/mine", "orphan"] }));
    }

    [Fact]
    public void The_two_ways_to_delete_dependents_exclude_each_other()
    {
        Assert.Equal(
            ["metadata.finalizers: Invalid value: [\"orphan\",\"foregroundDeletion\"]: finalizer orphan and foregroundDeletion cannot be both set"],
            Errors(Valid with { Finalizers = ["orphan", "foregroundDeletion"] }));
    }

    [Fact]
    public void Keys_of_annotations_may_be_in_any_case_but_not_of_any_size()
    {
        ApiMap<string> annotations = ApiMap<string>.Empty.With("EXAMPLE.com/Key", new string('x', 256 * 1024));

        Assert.Equal(
            ["metadata.annotations: Too long: may not be more than 262144 bytes"],
            Errors(Valid with { Annotations = annotations }));
    }

    [Fact]
    public void Owners_are_complete_and_no_events()
    {
        ObjectMeta meta = Valid with { OwnerReferences = [OwnerReference.Empty with { ApiVersion = "v1", Kind = "Event", Name = "e" }] };

        Assert.Equal(
        [
            "metadata.ownerReferences.uid: Invalid value: \"\": must not be empty",
            "metadata.ownerReferences: Invalid value: {\"apiVersion\":\"v1\",\"kind\":\"Event\",\"name\":\"e\",\"uid\":\"\"}: /v1, Kind=Event is disallowed from being an owner",
        ],
        Errors(meta));
    }

    [Fact]
    public void No_finalizer_joins_once_deletion_has_begun()
    {
        ObjectMeta old = Valid with { DeletionTimestamp = new Time(DateTimeOffset.UnixEpoch), Finalizers = ["a.io/x"] };
        FieldErrors errors = new();
        ObjectMetaRules.ValidateUpdate(
            old with { Finalizers = ["a.io/x", "a.io/z", "a.io/y"] }, old, ObjectMetaRules.Path, errors);

        Assert.Equal(
            "metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{\"a.io/y\", \"a.io/z\"}",
            Assert.Single(errors.All).ToString());
    }

    [Fact]
    public void An_identity_never_changes()
    {
        FieldErrors errors = new();
        ObjectMetaRules.ValidateUpdate(
            Valid with { Name = "b", Uid = "2", ResourceVersion = "" },
            Valid with { Uid = "1" },
            ObjectMetaRules.Path,
            errors);

        Assert.Equal(
        [
            "metadata.resourceVersion: Invalid value: \"\": must be specified for an update",
            "metadata.name: Invalid value: \"b\": field is immutable",
            "metadata.uid: Invalid value: \"2\": field is immutable",
        ],
        errors.All.Select(one => one.ToString()));
    }

    private static string[] Errors(ObjectMeta meta)
    {
        FieldErrors errors = new();
        ObjectMetaRules.Validate(meta, namespaced: true, NameRules.DnsSubdomain, ObjectMetaRules.Path, errors);
        return [.. errors.All.Select(one => one.ToString())];
    }
}
