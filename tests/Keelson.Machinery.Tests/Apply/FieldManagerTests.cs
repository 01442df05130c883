using Keelson.Machinery.Apply;
using Keelson.Machinery.Trees;
using Keelson.Machinery.Values;

namespace Keelson.Machinery.Tests.Apply;

/// <summary>The scenarios are those of a real API server; so are the expected owners and messages.</summary>
public sealed class FieldManagerTests
{
    [Fact]
    public void Creating_by_update_owns_the_map_and_its_entries()
    {
        ManagedStore store = ManagedStore.ConfigMap();
        store.Write("upd", """{"metadata":{"labels":{"x":"1"}},"data":{"k":"1"}}""");
        Assert.Equal("""upd Update {"f:data":{".":{},"f:k":{}},"f:metadata":{"f:labels":{".":{},"f:x":{}}}}""", store.Owners());
    }

    [Fact]
    public void Creating_by_apply_owns_the_entries_only()
    {
        ManagedStore store = ManagedStore.ConfigMap();
        store.Apply("mgr", """{"metadata":{"labels":{"l":"1"}},"data":{"k":"v"}}""");
        Assert.Equal("""mgr Apply {"f:data":{"f:k":{}},"f:metadata":{"f:labels":{"f:l":{}}}}""", store.Owners());
    }

    [Fact]
    public void A_conflict_names_the_updater_and_its_version()
    {
        ManagedStore store = ManagedStore.ConfigMap();
        store.Write("upd", """{"data":{"k":"1"}}""");
        ApplyResult.Conflicted conflicted = Assert.IsType<ApplyResult.Conflicted>(store.Apply("m1", """{"data":{"k":"2"}}"""));
        Assert.Equal("Apply failed with 1 conflict: conflict with \"upd\" using v1: .data.k", conflicted.Message);
        Assert.Equal("conflict with \"upd\" using v1", conflicted.Conflicts[0].Message);
        Assert.Equal(".data.k", conflicted.Conflicts[0].Field);
    }

    [Fact]
    public void Applying_what_is_there_shares_ownership_and_leaves_no_time()
    {
        ManagedStore store = ManagedStore.ConfigMap();
        store.Write("upd", """{"data":{"k":"1"}}""");
        ApplyResult.Applied applied = Assert.IsType<ApplyResult.Applied>(store.Apply("m1", """{"data":{"k":"1"}}"""));
        Assert.False(applied.IsChanged);
        Assert.Equal("""
            m1 Apply {"f:data":{"f:k":{}}}
            upd Update {"f:data":{".":{},"f:k":{}}}
            """.ReplaceLineEndings("\n"), store.Owners());
        Assert.Null(store.Live.ManagedFields.Single(entry => entry.Manager == "m1").Time);

        store.Write("upd2", """{"data":{"k":"5"}}""");
        Assert.Equal("""
            upd Update {"f:data":{}}
            upd2 Update {"f:data":{"f:k":{}}}
            """.ReplaceLineEndings("\n"), store.Owners());
    }

    [Fact]
    public void Conflicts_with_several_managers_are_grouped()
    {
        ManagedStore store = ManagedStore.ConfigMap();
        store.Write("u1", """{"metadata":{"labels":{"x":"1"}},"data":{"k":"1"}}""");
        store.Apply("m1", """{"data":{"k":"1","n":"1"}}""");
        ApplyResult.Conflicted conflicted = Assert.IsType<ApplyResult.Conflicted>(
            store.Apply("m2", """{"metadata":{"labels":{"x":"9"}},"data":{"k":"9","n":"9"}}"""));
        Assert.Equal(
            "Apply failed with 4 conflicts: conflicts with \"m1\":\n- .data.k\n- .data.n\nconflicts with \"u1\" using v1:\n- .data.k\n- .metadata.labels.x",
            conflicted.Message);

        store.Apply("m2", """{"metadata":{"labels":{"x":"9"}},"data":{"k":"9","n":"9"}}""", force: true);
        Assert.Equal("""
            m2 Apply {"f:data":{"f:k":{},"f:n":{}},"f:metadata":{"f:labels":{"f:x":{}}}}
            u1 Update {"f:data":{},"f:metadata":{"f:labels":{}}}
            """.ReplaceLineEndings("\n"), store.Owners());
    }

    [Fact]
    public void A_field_no_longer_applied_is_deleted_unless_another_manager_owns_it()
    {
        ManagedStore store = ManagedStore.ConfigMap();
        store.Apply("m1", """{"metadata":{"labels":{"one":"1"}},"data":{"x":"1"}}""");
        store.Apply("m2", """{"metadata":{"labels":{"two":"2"}},"data":{"y":"1"}}""");
        store.Apply("m1", """{"data":{}}""");
        Assert.Equal("""{"y":"1"}""", store.Field("data"));
        Assert.Equal("""
            m1 Apply {"f:data":{}}
            m2 Apply {"f:data":{"f:y":{}},"f:metadata":{"f:labels":{"f:two":{}}}}
            """.ReplaceLineEndings("\n"), store.Owners());

        store.Apply("m2", """{"data":null}""");
        Assert.Equal("""
            m1 Apply {"f:data":{}}
            m2 Apply {"f:data":{}}
            """.ReplaceLineEndings("\n"), store.Owners());
        Assert.Equal("""{"name":"a","uid":"u"}""", store.Field("metadata"));
    }

    [Fact]
    public void List_elements_are_owned_by_key_and_merge_in_the_order_applied()
    {
        ManagedStore store = ManagedStore.PodTemplate();
        store.Apply("m1", Containers("a", "b", "c"));
        store.Apply("m1", Containers("c", "b", "a"));
        Assert.Equal("c b a", Names(store));
        store.Apply("m2", Containers("x", "b"));
        Assert.Equal("c x b a", Names(store));
        store.Apply("m1", Containers("a", "y", "c"));
        Assert.Equal("x b a y c", Names(store));
        Assert.Equal("""
            m1 Apply {"f:template":{"f:spec":{"f:containers":{"k:{\"name\":\"a\"}":{".":{},"f:image":{},"f:name":{}},"k:{\"name\":\"c\"}":{".":{},"f:image":{},"f:name":{}},"k:{\"name\":\"y\"}":{".":{},"f:image":{},"f:name":{}}}}}}
            m2 Apply {"f:template":{"f:spec":{"f:containers":{"k:{\"name\":\"b\"}":{".":{},"f:image":{},"f:name":{}},"k:{\"name\":\"x\"}":{".":{},"f:image":{},"f:name":{}}}}}}
            """.ReplaceLineEndings("\n"), store.Owners());
    }

    [Fact]
    public void A_conflict_in_a_list_element_names_its_key()
    {
        ManagedStore store = ManagedStore.PodTemplate();
        store.Apply("m1", """{"template":{"spec":{"containers":[{"name":"c","image":"i:1"}]}}}""");
        ApplyResult result = store.Apply("m2", """{"template":{"spec":{"containers":[{"name":"c","image":"i:2"}]}}}""");
        Assert.Equal(
            "Apply failed with 1 conflict: conflict with \"m1\": .template.spec.containers[name=\"c\"].image",
            Assert.IsType<ApplyResult.Conflicted>(result).Message);
    }

    [Fact]
    public void Defaults_of_key_fields_take_part_in_the_key()
    {
        ManagedStore store = ManagedStore.PodTemplate();
        store.Apply("m", """{"template":{"spec":{"containers":[{"name":"c","ports":[{"containerPort":80}]}]}}}""");
        Assert.Contains("""k:{\"containerPort\":80,\"protocol\":\"TCP\"}":{".":{},"f:containerPort":{}}""", store.Owners(), StringComparison.Ordinal);
    }

    [Fact]
    public void Nulls_and_empty_maps_are_owned_and_empty_lists_are_not()
    {
        ManagedStore store = ManagedStore.PodTemplate();
        store.Apply("m1", """{"template":{"spec":{"containers":[{"name":"c","env":[{"name":"E","value":""}],"resources":{}}],"nodeSelector":{}}}}""");
        Assert.Equal(
            """m1 Apply {"f:template":{"f:spec":{"f:containers":{"k:{\"name\":\"c\"}":{".":{},"f:env":{"k:{\"name\":\"E\"}":{".":{},"f:name":{},"f:value":{}}},"f:name":{},"f:resources":{}}},"f:nodeSelector":{}}}}""",
            store.Owners());
        store.Apply("m1", """{"template":{"spec":{"containers":[{"name":"c","env":[]}],"nodeSelector":null}}}""");
        Assert.Equal(
            """m1 Apply {"f:template":{"f:spec":{"f:containers":{"k:{\"name\":\"c\"}":{".":{},"f:name":{}}},"f:nodeSelector":{}}}}""",
            store.Owners());
    }

    [Fact]
    public void A_key_that_an_element_leaves_out_is_the_zero_value_of_a_field_that_is_always_written()
    {
        ManagedStore store = ManagedStore.PodTemplate();
        store.Apply("m1", """{"template":{"spec":{"containers":[{"ports":[{"hostPort":1}]}]}}}""");
        Assert.Contains("""k:{\"containerPort\":0,\"protocol\":\"TCP\"}""", store.Owners(), StringComparison.Ordinal);
        Assert.Contains("""k:{\"name\":\"\"}""", store.Owners(), StringComparison.Ordinal);
    }

    [Fact]
    public void Set_elements_are_owned_by_value_and_duplicates_are_refused()
    {
        ManagedStore store = ManagedStore.ConfigMap();
        store.Apply("m1", """{"metadata":{"finalizers":["example.com/a"]}}""");
        store.Apply("m2", """{"metadata":{"finalizers":["example.com/b"]}}""");
        store.Apply("m1", """{}""");
        Assert.Equal("""m2 Apply {"f:metadata":{"f:finalizers":{"v:\"example.com/b\"":{}}}}""", store.Owners());
        ApplyResult result = store.Apply("m2", """{"metadata":{"finalizers":["example.com/b","example.com/b"]}}""");
        Assert.Equal(
            "failed to create typed patch object (/a; /v1, Kind=ConfigMap): .metadata.finalizers: duplicate entries for key [=\"example.com/b\"]",
            Assert.IsType<ApplyResult.Refused>(result).Message);
        store.Apply("m2", """{}""");
        Assert.True(store.Live.ManagedFields.IsAbsent);
        Assert.Equal("""{"name":"a","uid":"u"}""", store.Field("metadata"));
    }

    [Theory]
    [InlineData("""{"spec":{"foo":1}}""", "(/a; apps/v1, Kind=Deployment): .spec.foo: field not declared in schema")]
    [InlineData("""{"spec":{"replicas":"x"}}""", "(/a; apps/v1, Kind=Deployment): .spec.replicas: expected numeric (int or float), got string")]
    [InlineData("""{"spec":[1,{"a":"b"}]}""", "(/a; apps/v1, Kind=Deployment): .spec: expected map, got &{[1 map[a:b]]}")]
    [InlineData("""{"spec":{"paused":1,"replicas":true}}""",
        "(/a; apps/v1, Kind=Deployment): errors:\n  .spec.paused: expected boolean, got &{1}\n  .spec.replicas: expected numeric (int or float), got bool")]
    [InlineData("""{"metadata":{"labels":{"a":1}}}""",
        "(/a; apps/v1, Kind=Deployment): .metadata.labels.a: expected string, got &value.valueUnstructured{Value:1}")]
    public void A_configuration_that_does_not_fit_the_schema_is_refused(string config, string message)
    {
        ManagedStore store = new("apps/v1", "Deployment", TestSchemas.Deployment, ",\"spec\":{}");
        ApplyResult.Refused refused = Assert.IsType<ApplyResult.Refused>(store.Apply("kubectl", config));
        Assert.Equal("failed to create typed patch object " + message, refused.Message);
        Assert.False(refused.IsBadRequest);
    }

    [Fact]
    public void A_configuration_with_managed_fields_or_of_another_kind_is_a_bad_request()
    {
        ManagedStore store = ManagedStore.ConfigMap();
        ApplyResult.Refused refused = Assert.IsType<ApplyResult.Refused>(store.Apply("m", """{"metadata":{"managedFields":[{}]}}"""));
        Assert.True(refused.IsBadRequest);
        Assert.Equal("metadata.managedFields must be nil", refused.Message);

        FieldManager manager = new(
            new() { ApiVersion = "v1", Kind = "ConfigMap", Schema = TestSchemas.ConfigMap, Empty = new() });
        refused = Assert.IsType<ApplyResult.Refused>(manager.Apply(new(new(), default), new(), "m", false, store.Now));
        Assert.Equal("invalid object type: /, Kind=", refused.Message);
    }

    [Fact]
    public void Kubectl_takes_over_what_its_client_side_apply_set()
    {
        const string Annotation = "kubectl.kubernetes.io/last-applied-configuration";
        ManagedStore store = ManagedStore.ConfigMap();
        string last = """{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"data\":{\"k\":\"1\"}}""";
        store.Write(
            "kubectl-client-side-apply",
            $$$$"""{"metadata":{"annotations":{"{{{{Annotation}}}}":"{{{{last}}}}"}},"data":{"k":"1","other":"1"}}""");

        ApplyResult.Conflicted conflicted = Assert.IsType<ApplyResult.Conflicted>(
            store.Apply("kubectl", """{"data":{"k":"2","other":"2"}}"""));
        Assert.Equal(".data.other", Assert.Single(conflicted.Conflicts).Field);

        Assert.IsType<ApplyResult.Applied>(store.Apply("kubectl", """{"data":{"k":"2"}}"""));
        Assert.Equal("""{"k":"2","other":"1"}""", store.Field("data"));
        Assert.Equal(
            """{"apiVersion":"v1","data":{"k":"2"},"kind":"ConfigMap","metadata":{"name":"a"}}""" + "\n",
            store.Live.Tree.TextAt("metadata", "annotations", Annotation));
        Assert.IsType<ApplyResult.Conflicted>(store.Apply("someone", """{"data":{"k":"3"}}"""));
    }

    [Fact]
    public void What_was_there_before_the_first_apply_belongs_to_a_manager_of_its_own()
    {
        ManagedStore store = ManagedStore.ConfigMap();
        store.Live = new(ManagedStore.Json("""{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"a","uid":"u"},"data":{"k":"1"}}"""), default);
        store.Write("upd", """{"data":{"k":"1","l":"1"}}""");
        Assert.True(store.Live.ManagedFields.IsAbsent);
        Assert.Equal(
            "Apply failed with 1 conflict: conflict with \"before-first-apply\" using v1: .data.k",
            Assert.IsType<ApplyResult.Conflicted>(store.Apply("m", """{"data":{"k":"2"}}""")).Message);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("[{}]")]
    public void Managed_fields_can_be_reset(string sent)
    {
        ManagedStore store = ManagedStore.ConfigMap();
        store.Write("upd", """{"data":{"k":"1"}}""");
        store.Write("upd", """{"data":{"k":"2"}}""", sent);
        Assert.True(store.Live.ManagedFields.IsAbsent);
    }

    [Fact]
    public void Managed_fields_that_a_client_sends_are_taken_and_broken_ones_are_not()
    {
        ManagedStore store = ManagedStore.ConfigMap();
        store.Write("upd", """{"data":{"k":"1"}}""");
        store.Write("x", """{"data":{"k":"1"}}""", """[{"manager":"mine","operation":"Apply","apiVersion":"v1","fieldsType":"FieldsV1","fieldsV1":{"f:data":{"f:k":{}}}}]""");
        Assert.Equal("""mine Apply {"f:data":{"f:k":{}}}""", store.Owners());
        store.Write("x", """{"data":{"k":"1"}}""", """[{"manager":"other","operation":"Nope"}]""");
        Assert.Equal("""mine Apply {"f:data":{"f:k":{}}}""", store.Owners());
    }

    [Fact]
    public void An_update_that_changes_nothing_keeps_the_time()
    {
        ManagedStore store = ManagedStore.ConfigMap();
        store.Write("upd", """{"data":{"k":"1"}}""");
        Time created = store.Now;
        store.Now = new(created.Instant.AddHours(1));
        store.Write("upd", """{"data":{"k":"1"}}""");
        Assert.Equal(created, store.Live.ManagedFields[0].Time);
        store.Write("upd", """{"data":{"k":"2"}}""");
        Assert.Equal(store.Now, store.Live.ManagedFields[0].Time);
    }

    [Fact]
    public void Only_ten_updaters_are_kept_apart()
    {
        ManagedStore store = ManagedStore.ConfigMap();
        store.Write("creator", """{"data":{}}""");
        for (int i = 0; i < 15; i++)
        {
            store.Now = new(store.Now.Instant.AddSeconds(1));
            string data = string.Join(',', Enumerable.Range(0, i + 1).Select(n => $"\"k{n:00}\":\"1\""));
            store.Write($"u{i:00}", "{\"data\":{" + data + "}}");
        }

        Assert.Equal(10, store.Live.ManagedFields.Count);
        Assert.Equal("ancient-changes", store.Live.ManagedFields[0].Manager);
        Assert.Equal(
            """{"f:data":{".":{},"f:k00":{},"f:k01":{},"f:k02":{},"f:k03":{},"f:k04":{},"f:k05":{}}}""",
            store.Live.ManagedFields[0].FieldsV1.ToString());
    }

    [Fact]
    public void Reset_fields_are_never_gained()
    {
        ManagedStore main = new(
            "v1",
            "Pod",
            TestSchemas.Pod,
            ",\"spec\":{\"containers\":null},\"status\":{}",
            reset: FieldSet.Of(["status"]));
        main.Write("kubelet", """{"spec":{"containers":[{"name":"c"}]},"status":{"phase":"Pending"}}""");
        Assert.Equal("""kubelet Update {"f:spec":{"f:containers":{"k:{\"name\":\"c\"}":{".":{},"f:name":{}}}}}""", main.Owners());

        ManagedStore status = new(
            "v1",
            "Pod",
            TestSchemas.Pod,
            ",\"spec\":{\"containers\":null},\"status\":{}",
            "status",
            FieldSet.Of(["spec"]))
        {
            Live = main.Live,
        };
        status.Write("kubelet", """{"spec":{"containers":[{"name":"c"}]},"status":{"phase":"Running"}}""");
        Assert.Equal("status", status.Live.ManagedFields[1].Subresource);
        Assert.Equal("""{"f:status":{"f:phase":{}}}""", status.Live.ManagedFields[1].FieldsV1.ToString());
    }

    [Fact]
    public void Managers_of_another_version_are_compared_in_their_version()
    {
        static VersionedTree? Convert(ObjectTree tree, string apiVersion)
        {
            if (apiVersion is not ("v1" or "v2"))
            {
                return null;
            }

            ObjectTree copy = tree.DeepClone();
            (string from, string to) = apiVersion == "v2" ? ("data", "binaryData") : ("binaryData", "data");
            if (copy[from] is { } moved && copy.TextAt("apiVersion") != apiVersion)
            {
                copy.Remove(from);
                copy[to] = moved;
            }

            copy["apiVersion"] = new TextTree(apiVersion);
            return new(copy, TestSchemas.ConfigMap);
        }

        ObjectTree empty = ManagedStore.Json("""{"kind":"ConfigMap","apiVersion":"v1","metadata":{}}""");
        FieldManager manager = new(new()
        {
            ApiVersion = "v1",
            Kind = "ConfigMap",
            Schema = TestSchemas.ConfigMap,
            Empty = empty,
            Convert = Convert,
        });
        ManagedFieldsEntry theirs = new()
        {
            Manager = "other",
            Operation = "Update",
            ApiVersion = "v2",
            FieldsType = "FieldsV1",
            FieldsV1 = new("""{"f:binaryData":{"f:k":{},"f:l":{}}}"""u8.ToArray()),
        };
        ManagedFieldsEntry gone = theirs with { ApiVersion = "v0" };
        ManagedObject live = new(ManagedStore.Json("""{"kind":"ConfigMap","apiVersion":"v1","metadata":{"uid":"u"},"data":{"k":"1","l":"1"}}"""), [theirs, gone]);
        ObjectTree changed = ManagedStore.Json("""{"kind":"ConfigMap","apiVersion":"v1","metadata":{"uid":"u"},"data":{"k":"2","l":"1"}}""");

        ApiList<ManagedFieldsEntry> after = manager.Update(
            live, new(changed, default), "me", new(DateTimeOffset.UnixEpoch));

        Assert.Equal(2, after.Count);
        Assert.Equal("""{"f:data":{"f:k":{}}}""", after[0].FieldsV1.ToString());
        Assert.Equal("v2", after[1].ApiVersion);
        Assert.Equal("""{"f:binaryData":{"f:l":{}}}""", after[1].FieldsV1.ToString());
    }

    [Fact]
    public void Times_alone_are_no_change()
    {
        ManagedFieldsEntry entry =
            new() { Manager = "m", Operation = "Update", ApiVersion = "v1", Time = new(DateTimeOffset.UnixEpoch) };
        ApiList<ManagedFieldsEntry> old = [entry];
        Assert.Equal(
            old[0].Time,
            FieldManager.KeepTimes(old, [entry with { Time = new(DateTimeOffset.UnixEpoch.AddDays(1)) }])[0].Time);
        Assert.Equal("n", FieldManager.KeepTimes(old, [entry with { Manager = "n" }])[0].Manager);
    }

    [Fact]
    public void Replicas_change_owners_through_scale()
    {
        static ManagedFieldsEntry Entry(string manager, string operation, string version, string fields, string subresource = "") => new()
        {
            Manager = manager,
            Operation = operation,
            ApiVersion = version,
            FieldsType = "FieldsV1",
            FieldsV1 = new(System.Text.Encoding.UTF8.GetBytes(fields)),
            Subresource = subresource,
        };
        ApiList<ManagedFieldsEntry> parent =
        [
            Entry("m1", "Apply", "apps/v1", """{"f:spec":{"f:paused":{},"f:replicas":{}}}"""),
            Entry("m2", "Update", "apps/v1", """{"f:spec":{"f:replicas":{}}}"""),
            Entry("m3", "Update", "apps/v1", """{"f:spec":{"f:selector":{}}}"""),
            Entry("old", "Update", "extensions/v1beta1", """{"f:spec":{"f:replicas":{}}}"""),
        ];
        ScaleManagedFields scale = new("apps/v1", version => version == "apps/v1" ? ["spec", "replicas"] : []);
        Assert.Equal(
            ["m1 autoscaling/v1 {\"f:spec\":{\"f:replicas\":{}}}", "m2 autoscaling/v1 {\"f:spec\":{\"f:replicas\":{}}}"],
            scale.ToScale(parent).Select(one => $"{one.Manager} {one.ApiVersion} {one.FieldsV1}"));

        ApiList<ManagedFieldsEntry> after = scale.ToParent(
            parent, [Entry("hpa", "Update", "autoscaling/v1", """{"f:spec":{"f:replicas":{}}}""", "scale")]);
        Assert.Equal(
            ["m1 apps/v1 {\"f:spec\":{\"f:paused\":{}}}", "hpa apps/v1 {\"f:spec\":{\"f:replicas\":{}}}", "m3 apps/v1 {\"f:spec\":{\"f:selector\":{}}}"],
            after.Select(one => $"{one.Manager} {one.ApiVersion} {one.FieldsV1}"));
        Assert.Equal("scale", after[1].Subresource);
    }

    private static string Containers(params string[] names) =>
        "{\"template\":{\"spec\":{\"containers\":["
            + string.Join(',', names.Select(name => $"{{\"name\":\"{name}\",\"image\":\"i\"}}"))
            + "]}}}";

    private static string Names(ManagedStore store)
    {
        ObjectTree template = (ObjectTree)store.Live.Tree["template"]!;
        ListTree containers = (ListTree)((ObjectTree)template["spec"]!)["containers"]!;
        return string.Join(' ', containers.Items.Select(item => ((ObjectTree)item).TextAt("name")));
    }
}
