using Keelson.Machinery.Schema;

namespace Keelson.Machinery.Tests.Apply;

/// <summary>A few kinds by hand, with the markers that upstream's types carry.</summary>
internal static class TestSchemas
{
    public static readonly TypeSchema Text = TypeSchema.Scalar(SchemaType.String);
    public static readonly TypeSchema Number = TypeSchema.Scalar(SchemaType.Integer, "int32");
    public static readonly TypeSchema Truth = TypeSchema.Scalar(SchemaType.Boolean);
    public static readonly TypeSchema TextMap = TypeSchema.Map(() => Text);

    private static readonly TypeSchema OwnerReference = Object(
        "OwnerReference", new("apiVersion", Text), new("kind", Text), new("name", Text), new("uid", Text));

    public static readonly TypeSchema ObjectMeta = Object(
        "ObjectMeta",
        new("name", Text),
        new("namespace", Text),
        new("uid", Text),
        new("resourceVersion", Text),
        new("generation", Number),
        new("creationTimestamp", TypeSchema.Scalar(SchemaType.String, "date-time")),
        new("labels", TextMap),
        new("annotations", TextMap),
        new("finalizers", TypeSchema.List(() => Text)) { ListType = ListType.Set, PatchStrategy = "merge" },
        new("ownerReferences", TypeSchema.List(() => OwnerReference))
        {
            ListType = ListType.Map,
            ListMapKeys = ["uid"],
            PatchStrategy = "merge",
            PatchMergeKey = "uid",
        },
        new("managedFields", TypeSchema.List(() => TypeSchema.Scalar(SchemaType.Any))) { ListType = ListType.Atomic });

    private static readonly TypeSchema EnvVar = Object(
        "EnvVar", new("name", Text) { Default = "\"\"" }, new("value", Text));

    private static readonly TypeSchema ContainerPort = Object(
        "ContainerPort",
        new("name", Text),
        new("containerPort", Number) { IsAlwaysWritten = true },
        new("hostPort", Number),
        new("protocol", Text) { Default = "\"TCP\"" });

    private static readonly TypeSchema Container = Object(
        "Container",
        new("name", Text) { Default = "\"\"" },
        new("image", Text),
        new("imagePullPolicy", Text),
        new("command", TypeSchema.List(() => Text)) { ListType = ListType.Atomic },
        new("args", TypeSchema.List(() => Text)) { ListType = ListType.Atomic },
        new("env", TypeSchema.List(() => EnvVar)) { ListType = ListType.Map, ListMapKeys = ["name"], PatchStrategy = "merge", PatchMergeKey = "name" },
        new("ports", TypeSchema.List(() => ContainerPort))
        {
            ListType = ListType.Map,
            ListMapKeys = ["containerPort", "protocol"],
            PatchStrategy = "merge",
            PatchMergeKey = "containerPort",
        },
        new("resources", Object(
            "ResourceRequirements",
            new("limits", TypeSchema.Map(() => TypeSchema.Scalar(SchemaType.Quantity))),
            new("requests", TypeSchema.Map(() => TypeSchema.Scalar(SchemaType.Quantity))))),
        new("terminationMessagePath", Text),
        new("terminationMessagePolicy", Text));

    private static readonly TypeSchema Volume = Object(
        "Volume",
        new("name", Text) { Default = "\"\"" },
        new(
            "emptyDir",
            Object("EmptyDir", new("medium", Text), new("sizeLimit", TypeSchema.Scalar(SchemaType.Quantity)))),
        new("hostPath", Object("HostPath", new FieldSchema("path", Text), new("type", Text))));

    public static readonly TypeSchema PodSpec = Object(
        "PodSpec",
        new("containers", TypeSchema.List(() => Container)) { ListType = ListType.Map, ListMapKeys = ["name"], PatchStrategy = "merge", PatchMergeKey = "name" },
        new("volumes", TypeSchema.List(() => Volume))
        {
            ListType = ListType.Map,
            ListMapKeys = ["name"],
            PatchStrategy = "merge,retainKeys",
            PatchMergeKey = "name",
        },
        new("nodeSelector", TextMap) { IsAtomic = true },
        new("tolerations", TypeSchema.List(() => TypeSchema.Scalar(SchemaType.Any))) { ListType = ListType.Atomic },
        new("restartPolicy", Text),
        new("dnsPolicy", Text),
        new("schedulerName", Text),
        new("nodeName", Text),
        new("securityContext", Object("PodSecurityContext", new FieldSchema("runAsUser", Number))),
        new("terminationGracePeriodSeconds", Number),
        new("activeDeadlineSeconds", Number));

    private static readonly TypeSchema PodStatus = Object(
        "PodStatus",
        new("phase", Text),
        new("podIP", Text),
        new("conditions", TypeSchema.List(() => Object(
            "PodCondition", new("type", Text), new("status", Text), new("lastTransitionTime", Text))))
        {
            ListType = ListType.Map,
            ListMapKeys = ["type"],
            PatchStrategy = "merge",
            PatchMergeKey = "type",
        });

    public static readonly TypeSchema Pod = Kind("Pod", new("spec", PodSpec), new("status", PodStatus));

    public static readonly TypeSchema PodTemplate = Kind(
        "PodTemplate", new FieldSchema("template", Object("PodTemplateSpec", new("metadata", ObjectMeta), new("spec", PodSpec))));

    public static readonly TypeSchema ConfigMap = Kind(
        "ConfigMap", new("data", TextMap), new("binaryData", TextMap), new("immutable", Truth));

    public static readonly TypeSchema Deployment = Kind(
        "Deployment",
        new FieldSchema("spec", Object(
            "DeploymentSpec",
            new("replicas", Number),
            new("paused", Truth),
            new("strategy", Object(
                "DeploymentStrategy",
                new("type", Text),
                new("rollingUpdate", Object("RollingUpdate", new FieldSchema("maxSurge", TypeSchema.Scalar(SchemaType.IntOrString))))))
            {
                PatchStrategy = "retainKeys",
            },
            new("selector", Object("LabelSelector", new FieldSchema("matchLabels", TextMap))) { IsAtomic = true },
            new("template", Object("PodTemplateSpec", new("metadata", ObjectMeta), new("spec", PodSpec))))));

    public static TypeSchema Object(string name, params FieldSchema[] fields) =>
        TypeSchema.Object(name, "", () => fields);

    public static TypeSchema Kind(string name, params FieldSchema[] fields) =>
        Object(name, [new("apiVersion", Text), new("kind", Text), new("metadata", ObjectMeta), .. fields]);
}
