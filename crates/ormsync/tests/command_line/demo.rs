//! `ormsync demo`: drift at first, in step after the repairs that its findings propose.

use crate::project::Project;

/// The findings of the demo: rule, place, verdict.
const DRIFT: [(&str, &str, &str); 5] = [
    ("column-missing", "Order.trackingCode", "database behind"),
    ("index-missing", "Order(customerId, placedAt)", "sqlalchemy drifted"),
    ("foreign-key-action", "OrderItem(orderId)", "prisma drifted"),
    ("column-type", "Product.price", "sqlalchemy drifted"),
    ("table-missing", "Review", "unmapped in prisma"),
];

#[test]
fn the_demo_drifts_and_can_be_repaired() {
    let project = Project::new(&[]);
    let run = project.run(&["demo"]);
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    for part in ["ormsync-demo/prisma/schema.prisma:", "ormsync-demo/app/models.py:", "Next:", "exit code 1"] {
        assert!(run.stdout.contains(part), "{part}\n{}", run.stdout);
    }
    let check = project.run_in("ormsync-demo".as_ref(), &["check", "--format", "json"], &[]);
    assert_eq!(check.code, 1);
    assert_eq!(findings(&check.stdout), DRIFT);

    repair(&project);
    let again = project.run(&["demo", "ormsync-demo"]);
    assert_eq!(again.code, 0, "{}", again.stdout);
    assert!(again.stdout.contains("The demo is in step"), "{}", again.stdout);
    let check = project.run_in("ormsync-demo".as_ref(), &["check", "--fail-on", "note", "--strict"], &[]);
    assert_eq!(check.code, 0, "{}", check.stdout);
}

fn findings(json: &str) -> Vec<(&str, &str, &str)> {
    let report: serde_json::Value = serde_json::from_str(json).unwrap();
    let text = |finding: &serde_json::Value, key: &str| -> &'static str {
        Box::leak(finding[key].as_str().unwrap().to_owned().into_boxed_str())
    };
    let findings = report["findings"].as_array().unwrap();
    findings.iter().map(|finding| (text(finding, "rule"), text(finding, "at"), text(finding, "verdict"))).collect()
}

/// What a reader of the findings would do.
fn repair(project: &Project) {
    let edit = |path: &str, from: &str, to: &str| {
        let path = format!("ormsync-demo/{path}");
        let text = project.read(&path);
        assert!(text.contains(from), "{path}: {from}");
        project.write(&path, &text.replacen(from, to, 1));
    };
    let schema = "prisma/schema.prisma";
    edit(schema, "fields: [orderId], references: [id])", "fields: [orderId], references: [id], onDelete: Cascade)");
    edit(schema, "  orders    Order[]\n", "  orders    Order[]\n  reviews   Review[]\n");
    edit(schema, "  items  OrderItem[]\n", "  items  OrderItem[]\n  reviews Review[]\n");
    let review = "
model Review {
  id         Int      @id @default(autoincrement())
  productId  Int
  customerId Int
  rating     Int
  body       String?
  product    Product  @relation(fields: [productId], references: [id], onDelete: Cascade)
  customer   Customer @relation(fields: [customerId], references: [id])
}
";
    let path = format!("ormsync-demo/{schema}");
    project.write(&path, &(project.read(&path) + review));
    edit("app/models.py", "Mapped[float] = mapped_column(Float)", "Mapped[Decimal]");
    edit(
        "app/models.py",
        "    __tablename__ = \"Order\"\n    __table_args__ = {\"sqlite_autoincrement\": True}",
        "    __tablename__ = \"Order\"\n    __table_args__ = (\n        Index(\"Order_customerId_placedAt_idx\", \"customerId\", \
         \"placedAt\"),\n        {\"sqlite_autoincrement\": True},\n    )",
    );
    edit("database.sql", "DEFAULT 'new',", "DEFAULT 'new',\n    \"trackingCode\" TEXT,");
}

#[test]
fn other_folders_are_left_alone() {
    let project = Project::new(&[("work/thesis.txt", "years of work")]);
    let run = project.run(&["demo", "work"]);
    assert_eq!((run.code, run.stdout.as_str()), (2, ""));
    assert!(run.stderr.contains("not empty"), "{}", run.stderr);
    let run = project.run(&["demo", "work/thesis.txt"]);
    assert_eq!(run.code, 2, "{}", run.stderr);
    assert_eq!(project.read("work/thesis.txt"), "years of work");
}

#[test]
fn a_script_that_fails_leaves_the_database() {
    let project = Project::new(&[]);
    assert_eq!(project.run(&["demo"]).code, 0);
    let before = std::fs::read(project.path("ormsync-demo/shop.db")).unwrap();
    project.write("ormsync-demo/database.sql", "CREATE TABL x;");
    let run = project.run(&["demo"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("database.sql"), "{}", run.stderr);
    assert_eq!(std::fs::read(project.path("ormsync-demo/shop.db")).unwrap(), before);
}
